// Folding menus close on Escape and on a click beside them; the phone's navigation traps nothing.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.removeAttribute("open");
    menu.querySelector("summary")?.focus();
  } else if (location.hash === "#nav") {
    location.hash = "#main";
  }
});

addEventListener("hashchange", () => {
  if (location.hash === "#nav") document.querySelector("#nav a[data-nav-close]")?.focus();
});
