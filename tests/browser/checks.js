// Rules a page must keep; each returns the list of what is wrong.
const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && e.getClientRects().length > 0 && !e.closest(".sr-only");
const tell = (e) => `<${e.tagName.toLowerCase()}${e.id ? "#" + e.id : ""}.${String(e.className.baseVal ?? e.className).replaceAll(" ", ".")}> ${(e.textContent ?? "").trim().slice(0, 40)}`;

/** No part of the page is wider than the screen. */
function overflow() {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0 && innerWidth <= screen.width) return [];
  const inBox = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return true; return false; };
  return [`${wide}px wider`, ...[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !inBox(e)).slice(0, 5).map(tell)];
}

/** Everything that can be used, and every picture, has a name. */
function names() {
  const named = (e) => (e.getAttribute("aria-label") ?? "").trim() || (e.textContent ?? "").trim() || e.getAttribute("title") || e.querySelector("[aria-label]")
    || (e.getAttribute("aria-labelledby") ?? "").split(" ").some((id) => document.getElementById(id)?.textContent?.trim());
  const bad = [...document.querySelectorAll("a[href], button, summary, [role=button]")].filter((e) => seen(e) && !named(e));
  const pictures = [...document.querySelectorAll("img")].filter((e) => !e.hasAttribute("alt"));
  const fields = [...document.querySelectorAll("input:not([type=hidden], [type=submit]), select, textarea")].filter((e) => seen(e) && !e.labels?.length && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"));
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id twice: ${id}`);
  return [...bad, ...pictures, ...fields].map(tell).concat(twice);
}

/** On a phone what is tapped is at least 44 px high. */
function targets() {
  const list = "button, .button, select, textarea, input:not([type=hidden], [type=checkbox], [type=radio]), nav a, a.chip, a.choice, summary";
  return [...document.querySelectorAll(list)].filter((e) => seen(e) && !e.closest(".crumbs") && !e.matches(".skip") && e.getBoundingClientRect().height < 43.5)
    .map((e) => `${Math.round(e.getBoundingClientRect().height)}px ${tell(e)}`);
}

/** Text stands out from its ground: 4.5 to 1, large text 3 to 1. */
function contrast() {
  const rgb = (text) => { const n = text.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]; return { r: n[0], g: n[1], b: n[2], a: n[3] ?? 1 }; };
  const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
  const ground = (e) => { const layers = []; for (let p = e; p; p = p.parentElement) { const c = rgb(getComputedStyle(p).backgroundColor); if (c.a) layers.push(c); if (c.a === 1) break; } return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 }); };
  const part = (v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * part(c.r) + 0.7152 * part(c.g) + 0.0722 * part(c.b);
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !seen(e) || e.closest("svg, .map-cluster, option, [disabled]")) continue;
    const style = getComputedStyle(e), back = ground(e), ink = over(rgb(style.color), back);
    const [high, low] = [light(ink), light(back)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05), size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < needed - 0.01) bad.push(`${ratio.toFixed(2)} ${style.color} ${tell(e)}`);
  }
  return bad;
}
