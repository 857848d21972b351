// Switches light and dark at once; the form still posts, so that the account remembers it.

/** @param {string} theme `system`, `light` or `dark` */
export function apply(theme) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  root.dispatchEvent(new CustomEvent("themechange", { bubbles: true, detail: theme }));
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.matches("[data-theme-form]")) return;
  const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
  if (!button) return;
  event.preventDefault();
  apply(button.value);
  for (const other of form.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  const body = new FormData(form);
  body.set("theme", button.value);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!document.documentElement.dataset.theme) apply("system");
});
