// Short messages at the edge: from the server's answers, from failures, from scripts.
import { word } from "./words.js";

const region = () => document.getElementById("toasts");

/** Milliseconds a message stays; errors and warnings stay until closed. */
const STAY = 8000;

/** @param {Element} toast */
function arm(toast) {
  if (toast.hasAttribute("data-armed")) return;
  toast.setAttribute("data-armed", "");
  toast.querySelector("[data-toast-close]")?.addEventListener("click", () => toast.remove());
  if (["info", "success"].includes(toast.getAttribute("data-toast") ?? "")) leave(toast);
}

/** @param {Element} toast */
function leave(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? leave(toast) : toast.remove()), STAY);
}

/**
 * @param {string} text plain text
 * @param {"info" | "success" | "warning" | "error"} [kind]
 */
export function toast(text, kind = "info") {
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("toast-template"));
  const element = template?.content.firstElementChild?.cloneNode(true);
  if (!(element instanceof HTMLElement)) return;
  element.className = `toast toast-${kind}`;
  element.dataset.toast = kind;
  const slot = element.querySelector("[data-toast-text]");
  if (slot) slot.textContent = text;
  region()?.append(element);
  arm(element);
}

for (const element of document.querySelectorAll("#toasts [data-toast]")) arm(element);
document.addEventListener("htmx:load", () => {
  for (const element of document.querySelectorAll("#toasts [data-toast]")) arm(element);
});

// A refusal comes with its own words and says where they belong (HX-Retarget): show them.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  if (detail.xhr.status < 400) return;
  if (detail.xhr.getResponseHeader("HX-Retarget")) {
    detail.shouldSwap = true;
    detail.isError = false;
  } else {
    toast(word("failed"), "error");
  }
});
document.addEventListener("htmx:sendError", () => toast(word("offline"), "warning"));
document.addEventListener("toast", (event) => {
  const { text, value, kind } = /** @type {CustomEvent} */ (event).detail ?? {};
  toast(text ?? value ?? "", kind);
});
