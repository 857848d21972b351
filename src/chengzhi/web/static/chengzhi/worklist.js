// The work list: ticking many rows, and keeping the current row when live rows arrive.

const form = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-bulk]"));
const boxes = () => /** @type {HTMLInputElement[]} */ ([...(form()?.querySelectorAll("input[name=case]") ?? [])]);
/** @type {HTMLInputElement | null} the box ticked last, for a stretch with Shift */
let last = null;

function tell() {
  const bar = form()?.querySelector("[data-bulkbar]");
  if (!bar) return;
  const ticked = boxes().filter((box) => box.checked).length;
  /** @type {HTMLElement} */ (bar).hidden = !ticked;
  const words = /** @type {HTMLElement} */ (bar.querySelector("[data-ticked]"));
  words.dataset.none ??= words.textContent ?? "";
  words.textContent = ticked ? (words.dataset.tickedWords ?? "").replace("{n}", String(ticked)) : words.dataset.none;
  /** @type {HTMLButtonElement} */ (bar.querySelector("[value=ticked]")).disabled = !ticked;
}

document.addEventListener("click", (event) => {
  const opener = /** @type {HTMLElement} */ (event.target).closest?.("[data-open]");
  const target = opener instanceof HTMLElement ? document.getElementById(opener.dataset.open ?? "") : null;
  if (target instanceof HTMLDetailsElement) target.open = true;
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox" || !form()?.contains(box)) return;
  if (box.matches("[data-tick-all]")) for (const one of boxes()) one.checked = box.checked;
  if (event.shiftKey && last && box.name === "case") {
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(Math.max(0, from), to + 1)) one.checked = box.checked;
  }
  if (box.name === "case") last = box;
  tell();
});

document.addEventListener("polled", () => {
  document.activeElement?.closest?.("[data-row]")?.classList.add("current");
  tell();
});
/** On a phone the rows come first: the filters open when they are asked for. */
function fold() {
  if (!matchMedia("(max-width: 720px)").matches || document.activeElement?.closest(".filters")) return;
  for (const one of document.querySelectorAll("details[data-fold]")) one.removeAttribute("open");
}

document.addEventListener("htmx:load", tell);
tell();
fold();
