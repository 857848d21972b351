// The form of a step: ready texts go into their field with one press; typing goes on behind them.

for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.removeAttribute("hidden");

for (const chip of document.querySelectorAll("[data-fill]")) {
  chip.addEventListener("click", () => {
    const target = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(chip.getAttribute("data-fill") ?? ""));
    if (!target) return;
    const text = chip.textContent?.trim() ?? "";
    target.value = target.value.trim() ? `${target.value.trim()}\n${text}` : text;
    target.dispatchEvent(new Event("change", { bubbles: true }));
    target.focus();
  });
}
