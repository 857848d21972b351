// Register pages: what works only with scripts becomes visible; the print button prints.

for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.removeAttribute("hidden");

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
