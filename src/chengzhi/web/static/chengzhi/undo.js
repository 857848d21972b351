// The ten-minute undo: counts down, goes away when the time is over, and on the key `u`.

const MINUTE = 60_000;

/** @param {HTMLElement} form */
function tick(form) {
  const left = Date.parse(form.dataset.until ?? "") - Date.now();
  if (!(left > 0)) return form.remove();
  const slot = form.querySelector("[data-undo-left]");
  if (slot) slot.textContent = (form.dataset.undoWords ?? "{time}").replace("{time}", remaining(left));
  setTimeout(() => tick(form), Math.min(left, left > MINUTE ? MINUTE / 4 : 1000));
}

/** @param {number} left milliseconds @returns {string} "9 minutes" in the page's language */
function remaining(left) {
  const unit = left > MINUTE ? "minute" : "second";
  const amount = Math.ceil(left / (left > MINUTE ? MINUTE : 1000));
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(amount);
}

function start() {
  for (const form of document.querySelectorAll("form[data-undo]:not([data-armed])")) {
    form.setAttribute("data-armed", "");
    tick(/** @type {HTMLElement} */ (form));
  }
}

/** Presses the newest undo button. */
export function undoLast() {
  const buttons = document.querySelectorAll("form[data-undo] [data-undo-button]");
  /** @type {HTMLButtonElement | undefined} */ (buttons[buttons.length - 1])?.click();
}

start();
document.addEventListener("htmx:load", start);
