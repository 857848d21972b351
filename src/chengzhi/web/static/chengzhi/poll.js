// Live parts by conditional polling: `<section data-poll="/desk/queue/" data-poll-every="30">`.
// The server answers 304 while nothing changed; a hidden tab asks nothing.

const LEAST = 15;

/** What the answer was last time, per element. @type {WeakMap<Element, string>} */
const tags = new WeakMap();

/** @param {HTMLElement} element whether replacing it now would disturb the person */
function busy(element) {
  const inside = element.contains(document.activeElement) ? document.activeElement : null;
  return Boolean(inside?.matches("input, select, textarea") || element.querySelector("dialog[open], details[data-menu][open], :checked"));
}

/** @param {HTMLElement} element */
async function ask(element) {
  const url = element.dataset.poll;
  if (!url || document.hidden || busy(element)) return;
  const tag = tags.get(element) ?? element.dataset.pollTag;
  const headers = { "X-Poll": "1", Accept: "text/html", ...(tag ? { "If-None-Match": tag } : {}) };
  const answer = await fetch(url, { headers, cache: "no-store" });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`poll ${url}: ${answer.status}`);
  const html = await answer.text();
  const fresh = answer.headers.get("ETag");
  if (fresh) tags.set(element, fresh);
  replace(element, html);
}

/** @param {HTMLElement} element @param {string} html a fragment from our own server */
function replace(element, html) {
  const focus = element.contains(document.activeElement) ? document.activeElement?.id : "";
  element.innerHTML = html;
  /** @type {any} */ (window).htmx?.process(element);
  if (focus) document.getElementById(focus)?.focus();
  element.dispatchEvent(new CustomEvent("polled", { bubbles: true }));
}

/** @param {HTMLElement} element @param {number} failures in a row: waits longer each time */
function plan(element, failures = 0) {
  const every = Math.max(LEAST, Number(element.dataset.pollEvery) || LEAST);
  setTimeout(async () => {
    if (!element.isConnected) return;
    const failed = await ask(element).then(() => false, () => true);
    plan(element, failed ? failures + 1 : 0);
  }, every * 1000 * 2 ** Math.min(failures, 4));
}

function start() {
  for (const element of document.querySelectorAll("[data-poll]:not([data-polling])")) {
    element.setAttribute("data-polling", "");
    plan(/** @type {HTMLElement} */ (element));
  }
}

start();
document.addEventListener("htmx:load", start);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("[data-poll]")) ask(/** @type {HTMLElement} */ (element)).catch(() => {});
});
