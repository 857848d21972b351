// Register pages: what works only with scripts becomes visible; the print button prints.

for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.removeAttribute("hidden");

if (matchMedia("(max-width: 720px)").matches) {
  for (const one of document.querySelectorAll("details[data-fold]")) one.removeAttribute("open"); // the rows come first on a telephone
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}
