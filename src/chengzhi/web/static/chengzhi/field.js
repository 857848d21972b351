// The inspectors' pages: a sheet is kept while it is filled in, and sent when there is network.
import { find, flush, forget, keep, onChange, send, taken, waiting } from "./outbox.js";
import { toast } from "./toast.js";

const words = /** @type {HTMLTemplateElement | null} */ (document.getElementById("field-words"));
/** @param {string} key @param {Record<string, string | number>} [parts] */
const say = (key, parts = {}) => (words?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "").replace(/\{(\w+)\}/g, (_, name) => String(parts[name] ?? ""));
const account = /** @type {HTMLElement | null} */ (document.querySelector("[data-account]"))?.dataset.account ?? "";
const PAUSE = 400;

const sheet = () => /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-sheet]"));

/** @param {HTMLFormElement} form @returns {import("./outbox.js").Kept} */
function read(form) {
  const entries = /** @type {[string, string | File][]} */ ([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && (typeof value === "string" || value.size)));
  return { key: form.dataset.sheet ?? "", account, url: form.action, title: form.dataset.title ?? "", at: new Date().toISOString(), entries };
}

/** Put a draft back into the empty form. @param {HTMLFormElement} form @param {import("./outbox.js").Kept} kept */
function restore(form, kept) {
  for (const [name, value] of kept.entries) {
    const field = form.elements.namedItem(name);
    if (field instanceof RadioNodeList) field.value = String(value);
    else if (field instanceof HTMLInputElement && field.type === "file") files(field, value);
    else if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = true;
    else if (field && "value" in field) field.value = String(value);
  }
  for (const gauge of form.querySelectorAll("[data-doubtful]")) doubt(/** @type {HTMLInputElement} */ (gauge));
}

/** @param {HTMLInputElement} field @param {string | File} value */
function files(field, value) {
  if (typeof value === "string") return;
  const chosen = new DataTransfer();
  chosen.items.add(value);
  field.files = chosen.files;
  named(field);
}

/** Say which photo was chosen. @param {HTMLInputElement} field */
function named(field) {
  const slot = field.closest("[data-photo]")?.querySelector("[data-photo-name]");
  if (!(slot instanceof HTMLElement)) return;
  const file = field.files?.[0];
  slot.hidden = !file;
  slot.textContent = file ? say("photo", { name: file.name }) : "";
}

/** An unusual value is kept, but said at once: it is easier to measure again now. @param {HTMLInputElement} field */
function doubt(field) {
  const from = Number(field.dataset.doubtful);
  const note = field.closest(".gauge")?.querySelector("[data-doubt]");
  if (note instanceof HTMLElement) note.hidden = !(Number(field.value.replace(",", ".")) >= from);
}

/** The next item that has no answer yet comes into sight, so that one thumb is enough. @param {HTMLElement} answered */
function onward(answered) {
  const lines = [...document.querySelectorAll(".threeway")];
  const next = lines.slice(lines.indexOf(/** @type {Element} */ (answered.closest(".threeway"))) + 1).find((line) => !line.querySelector(":checked"));
  count(lines);
  if (next && matchMedia("(max-width: 720px)").matches) next.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/** @param {Element[]} lines */
function count(lines) {
  const slot = document.querySelector("[data-answered]");
  if (slot) slot.textContent = say("answered", { done: lines.filter((line) => line.querySelector(":checked")).length, all: lines.length });
}

let timer = 0;

/** @param {HTMLFormElement} form */
function remember(form) {
  clearTimeout(timer);
  timer = setTimeout(() => keep("drafts", read(form)).catch(() => {}), PAUSE);
}

/** @param {HTMLFormElement} form */
async function submit(form) {
  clearTimeout(timer);
  const moment = form.elements.namedItem("visited_at");
  if (moment instanceof HTMLInputElement && !moment.value) moment.value = new Date().toISOString();
  const kept = read(form);
  await keep("drafts", kept).catch(() => {});
  const button = form.querySelector("[data-send]");
  button?.setAttribute("aria-busy", "true");
  try {
    await answer(await send(kept), kept);
  } catch {
    await keep("outbox", kept);
    await forget("drafts", kept.key);
    later(form);
  } finally {
    button?.removeAttribute("aria-busy");
  }
}

/** @param {Response} got @param {import("./outbox.js").Kept} kept */
async function answer(got, kept) {
  if (taken(got)) {
    await forget("drafts", kept.key).catch(() => {});
    await forget("outbox", kept.key).catch(() => {});
    location.assign(got.url);
    return;
  }
  if (got.redirected) {
    toast(say("sign-in"), "warning");
    return;
  }
  const page = new DOMParser().parseFromString(await got.text(), "text/html");
  const fresh = page.querySelector("form[data-sheet]");
  if (!fresh) {
    toast(say("refused"), "error");
    return;
  }
  sheet()?.replaceWith(document.adoptNode(fresh));
  wire();
  /** @type {HTMLElement | null} */ (document.querySelector("form[data-sheet] [role=alert]"))?.focus();
}

/** The sheet is safe on this phone. @param {HTMLFormElement} form */
function later(form) {
  const note = document.querySelector("[data-later]");
  if (!(note instanceof HTMLElement)) return;
  note.hidden = false;
  form.hidden = true;
  for (const one of document.querySelectorAll("[data-hide-later]")) one.setAttribute("hidden", "");
  note.focus();
}

function wire() {
  const form = sheet();
  if (!form) return;
  form.addEventListener("input", () => remember(form));
  form.addEventListener("change", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.type === "file") named(field);
    if (field.type === "radio" && field.closest(".threeway")) onward(field);
    remember(form);
  });
  for (const gauge of form.querySelectorAll("[data-doubtful]")) gauge.addEventListener("input", () => doubt(/** @type {HTMLInputElement} */ (gauge)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(form);
  });
  count([...document.querySelectorAll(".threeway")]);
}

async function begin() {
  const form = sheet();
  if (form && !("bound" in form.dataset)) {
    const kept = (await find("outbox", form.dataset.sheet ?? "")) ?? (await find("drafts", form.dataset.sheet ?? ""));
    if (kept && kept.account === account) {
      restore(form, kept);
      const note = document.querySelector("[data-restored]");
      if (note instanceof HTMLElement) note.hidden = false;
    }
  }
  wire();
}

/** What waits on this phone, said in words. */
async function show() {
  const box = document.querySelector("[data-outbox]");
  if (!(box instanceof HTMLElement)) return;
  const kept = await waiting(account);
  box.hidden = kept.length === 0;
  box.querySelector("[data-outbox-said]")?.replaceChildren(say(kept.some((one) => one.fault) ? "needs-you" : "waits", { n: kept.length }));
  const list = box.querySelector("ul");
  list?.replaceChildren(...kept.map((one) => {
    const link = Object.assign(document.createElement("a"), { href: one.url, textContent: one.title });
    const item = Object.assign(document.createElement("li"), { className: "row" });
    item.append(link, ...(one.fault ? [discard(one)] : []));
    return item;
  }));
}

/** What the server does not take any more can be thrown away, after a question. @param {import("./outbox.js").Kept} kept */
function discard(kept) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet", textContent: say("discard") });
  button.addEventListener("click", async () => {
    if (!confirm(say("discard-sure", { title: kept.title }))) return;
    await forget("drafts", kept.key);
    await forget("outbox", kept.key);
  });
  return button;
}

async function deliver() {
  const arrived = await flush(account);
  if (arrived) toast(say("sent", { n: arrived }), "success");
}

onChange(() => show().catch(() => {}));
addEventListener("online", deliver);
await begin().catch(wire);
await show().catch(() => {});
await deliver();
