// Words that scripts say, translated by the server: `<template id="words"><p data-word="key">…</p></template>`.

/** @type {Map<string, string> | null} */
let known = null;

/**
 * @param {string} key
 * @param {Record<string, string | number>} [parts] values for `{name}` in the sentence
 */
export function word(key, parts = {}) {
  known ??= new Map([...(/** @type {HTMLTemplateElement | null} */ (document.getElementById("words"))?.content.querySelectorAll("[data-word]") ?? [])]
    .map((element) => [element.getAttribute("data-word") ?? "", element.textContent ?? ""]));
  return (known.get(key) ?? "").replace(/\{(\w+)\}/g, (_, name) => String(parts[name] ?? ""));
}

/** The page's language as the Intl functions want it. */
export const language = () => document.documentElement.lang || "zh-Hans";
