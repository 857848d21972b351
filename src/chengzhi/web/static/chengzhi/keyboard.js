// Keys for all: `/` search, `j k` rows, Enter open, `x` tick, `e` next step, `u` undo, `g …` go, `?` help.
import { undoLast } from "./undo.js";

const OFF = "chengzhi.keys.off";
const CHORD = 1200;
let waiting = 0; // until when a key after `g` counts

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-row]")].filter((row) => row.checkVisibility?.() ?? true));
const help = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"));

/** @returns {HTMLElement | null} */
const current = () => document.querySelector("[data-row].current");

/** @param {number} step 1 or -1 */
function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("current"));
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  for (const row of all) row.classList.toggle("current", row === next);
  const link = /** @type {HTMLElement} */ (next.querySelector("a, button") ?? next);
  link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  /** @type {HTMLInputElement | null | undefined} */ (current()?.querySelector("input[type=checkbox]"))?.click();
}

function nextStep() {
  const scope = current() ?? document;
  const target = /** @type {HTMLElement | null} */ (scope.querySelector("[data-next-step]") ?? document.querySelector("[data-next-step]"));
  target?.focus();
  target?.click();
}

/** @param {string} key */
function go(key) {
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-go="${CSS.escape(key)}"]`))?.click();
}

/** @type {Record<string, () => void>} */
const acts = {
  "/": () => /** @type {HTMLElement | null} */ (document.querySelector("[data-key-search]"))?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  e: nextStep,
  u: undoLast,
  g: () => { waiting = Date.now() + CHORD; },
  "?": () => help()?.showModal(),
};

/** @param {KeyboardEvent} event whether the key belongs to a field or to the browser */
function taken(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  return event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing
    || target.isContentEditable || target.matches?.("input:not([type=checkbox], [type=radio]), textarea, select")
    || Boolean(document.querySelector("dialog[open]"));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && /** @type {HTMLElement} */ (event.target).matches?.("[data-key-search]")) {
    /** @type {HTMLElement} */ (event.target).blur();
  }
  if (taken(event)) return;
  if (Date.now() < waiting) {
    waiting = 0;
    event.preventDefault();
    go(event.key);
    return;
  }
  const act = acts[event.key];
  if (!act || (localStorage.getItem(OFF) && event.key !== "?")) return;
  event.preventDefault();
  act();
});

const toggle = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-keys-switch]"));
if (toggle) {
  toggle.checked = !localStorage.getItem(OFF);
  toggle.addEventListener("change", () => (toggle.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
