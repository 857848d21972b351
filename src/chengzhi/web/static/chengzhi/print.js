// A page made to be printed: its button opens the printer's dialog.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
