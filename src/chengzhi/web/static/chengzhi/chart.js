// `<data-chart kind="bar|line|multiples">`: an SVG drawn from the table inside it. See docs/web.md.
import { read, ticks } from "./chart-table.js";
import { language, word } from "./words.js";

/** @typedef {import("./chart-table.js").Data} Data */

const SVG = "http://www.w3.org/2000/svg";
const CHARACTER = 8; // px per Latin character at 14 px; a Chinese one takes twice that

/** Px between small multiples, as in the style sheet. */
const GAP = 16;
/** Below this many px names stand above their bars. */
const NARROW = 420;

/** @param {string} name @param {Record<string, string | number>} [attributes] @param {(Node | string)[]} children */
function el(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** @param {string} text @returns {number} rough width in px */
const width = (text) => [...text].reduce((sum, letter) => sum + (letter.codePointAt(0) > 0x2e7f ? 2 : 1), 0) * CHARACTER * 0.88;

/** @param {string} text @param {number} room px */
function fit(text, room) {
  if (width(text) <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && width(letters.join("")) + CHARACTER > room) letters.pop();
  return `${letters.join("")}…`;
}

const format = (/** @type {number} */ value) => value.toLocaleString(language(), { maximumFractionDigits: 2, ...(Math.abs(value) >= 10_000 ? { notation: "compact" } : {}) });

/** @param {Data} data @param {(number | undefined)[]} [more] */
const amounts = (data, more = []) => [...data.rows.flatMap((row) => row.points.flatMap((point) => (point ? [point.value, point.low, point.high] : []))), ...more].filter((value) => value !== undefined);

/** @param {import("./chart-table.js").Point} point @param {string} n sample size */
const words = (point, n) => [point.text, n && `(n=${n})`].filter(Boolean).join(" ");

/** Every so many ticks get a number, so that none runs into the next. @param {number[]} scale @param {number} room px */
const sparse = (scale, room) => Math.max(1, Math.ceil((Math.max(...scale.map((tick) => width(format(tick)))) + 14) / (room / Math.max(1, scale.length - 1))));

/** @param {Data} data @param {number} room @param {number | undefined} most */
function bars(data, room, most) {
  const narrow = room < NARROW; // names above the bars instead of beside them
  const label = narrow ? 8 : Math.min(room * 0.38, Math.max(...data.rows.map((row) => width(row.label))) + 12);
  const tail = Math.max(...data.rows.flatMap((row) => row.points.map((point) => (point ? width(words(point, row.n)) : 0)))) + 16;
  const line = 18 * data.series.length + (narrow ? 36 : 18);
  const scale = ticks(amounts(data), most);
  const [least, end] = [scale[0], scale[scale.length - 1]];
  const x = (/** @type {number} */ value) => label + ((value - least) / (end - least)) * (room - label - tail);
  const height = data.rows.length * line + 24;
  const every = sparse(scale, room - label - tail);
  const grid = scale.flatMap((tick, at) => [
    el("line", { class: tick ? "grid" : "axis", x1: x(tick), x2: x(tick), y1: 0, y2: height - 20 }),
    ...(at % every ? [] : [el("text", { x: x(tick), y: height - 4, "text-anchor": "middle" }, format(tick))]),
  ]);
  return frame(data, room, height, [...grid, ...data.rows.map((row, at) => bar(row, at * line, { x, label, line, narrow, room }))]);
}

/** @param {import("./chart-table.js").Row} row @param {number} top @param {{x: (value: number) => number, label: number, line: number, narrow: boolean, room: number}} place */
function bar(row, top, { x, label, line, narrow, room }) {
  const place = narrow ? { x: 0, y: top + 15 } : { x: label - 10, y: top + line / 2 + 5, "text-anchor": "end" };
  const name = el("text", { ...place, class: "value name" }, el("title", {}, row.label), fit(row.label, narrow ? room : label - 10));
  const parts = row.points.flatMap((point, at) => {
    if (!point) return [];
    const y = top + (narrow ? 22 : 9) + at * 18;
    const [from, to] = [x(Math.min(0, point.value)), x(Math.max(0, point.value))];
    const whisker = point.low === undefined || point.high === undefined || point.few ? [] : [el("line", { class: "whisker", x1: x(point.low), x2: x(point.high), y1: y + 8, y2: y + 8 })];
    const right = Math.max(to, point.few ? 0 : x(point.high ?? point.value));
    const box = el("rect", { class: point.few ? "few" : `bar bar-${at + 1}`, x: from, y, width: Math.max(1, to - from), height: 15, rx: 2 });
    return [box, ...whisker, el("text", { x: right + 6, y: y + 13, class: point.few ? "" : "value" }, words(point, row.n))];
  });
  const group = row.href ? el("a", { href: row.href, "aria-label": row.label }) : el("g");
  group.append(name, ...parts);
  return group;
}

/** @param {Data} data @param {number} room @param {number | undefined} most @param {number} [height] @param {number} [only] one series alone */
function lines(data, room, most, height = 260, only = -1) {
  const scale = ticks(amounts(data), most);
  const [least, end] = [scale[0], scale[scale.length - 1]];
  const left = Math.max(...scale.map((tick) => width(format(tick)))) + 12;
  const last = Math.max(1, data.rows.length - 1);
  const half = Math.max(...data.rows.map((row) => width(row.label))) / 2;
  const x = (/** @type {number} */ at) => left + half + (at / last) * (room - left - 2 * half);
  const y = (/** @type {number} */ value) => 8 + (1 - (value - least) / (end - least)) * (height - 36);
  const grid = scale.flatMap((tick) => [el("line", { class: tick ? "grid" : "axis", x1: left, x2: room, y1: y(tick), y2: y(tick) }), el("text", { x: left - 8, y: y(tick) + 5, "text-anchor": "end" }, format(tick))]);
  const every = Math.ceil((data.rows.length * (Math.max(...data.rows.map((row) => width(row.label))) + 16)) / (room - left));
  const names = data.rows.flatMap((row, at) => (at % every ? [] : [el("text", { x: x(at), y: height - 6, "text-anchor": "middle" }, row.label)]));
  const drawn = data.series.flatMap((_, at) => (only < 0 || only === at ? series(data, at, only < 0 ? at + 1 : 1, x, y) : []));
  return frame(data, room, height, [...grid, ...names, ...drawn]);
}

/** @param {Data} data @param {number} at @param {number} tone @param {(at: number) => number} x @param {(value: number) => number} y */
function series(data, at, tone, x, y) {
  const runs = /** @type {[number, import("./chart-table.js").Point][][]} */ ([[]]); // a gap in the data is a gap in the line
  for (const [index, row] of data.rows.entries()) {
    const point = row.points[at];
    if (point) runs[runs.length - 1].push([index, point]);
    else runs.push([]);
  }
  return runs.filter((run) => run.length).flatMap((run) => {
    const path = (/** @type {(point: import("./chart-table.js").Point) => number} */ get, list = run) => list.map(([index, point]) => `${x(index)},${y(get(point))}`).join(" L");
    const sure = run.every(([, point]) => point.low !== undefined && point.high !== undefined);
    const band = sure ? [el("path", { class: "band", d: `M${path((point) => point.high ?? 0)} L${path((point) => point.low ?? 0, [...run].reverse())}Z` })] : [];
    const dots = run.map(([index, point]) => el("circle", { class: point.few ? "few" : `bar bar-${tone}`, cx: x(index), cy: y(point.value), r: 4 }, el("title", {}, `${data.rows[index].label}: ${point.text}`)));
    return [...band, el("path", { class: `line line-${tone}`, d: `M${path((point) => point.value)}` }), ...dots];
  });
}

/** @param {Data} data @param {number} room @param {number} height @param {Node[]} parts */
function frame(data, room, height, parts) {
  const linked = data.rows.some((row) => row.href);
  return el("svg", { viewBox: `0 0 ${room} ${height}`, role: linked ? "group" : "img", "aria-label": data.title }, ...parts);
}

/** @param {Data} data @param {boolean} lines whether the chart is of lines */
function legend(data, lines) {
  const list = Object.assign(document.createElement("ul"), { className: "legend" });
  /** @param {Record<string, string | number>} shape @param {string} text */
  const entry = (shape, text) => {
    const item = document.createElement("li");
    item.append(el("svg", { viewBox: "0 0 28 12", "aria-hidden": "true" }, el("d" in shape ? "path" : "rect", shape)), text);
    list.append(item);
  };
  if (data.series.length > 1) {
    for (const [at, name] of data.series.entries()) entry(lines ? { class: `line line-${at + 1}`, d: "M0 6H28" } : { class: `bar bar-${at + 1}`, y: 1, width: 28, height: 10 }, name);
  }
  if (data.rows.some((row) => row.points.some((point) => point?.few))) entry({ class: "few", y: 1, width: 27, height: 10 }, word("chart.few"));
  return list;
}

class DataChart extends HTMLElement {
  connectedCallback() {
    const table = this.querySelector("table");
    if (!table || this.figure) return;
    this.data = read(table);
    this.figure = document.createElement("figure");
    const title = Object.assign(document.createElement("h3"), { textContent: this.data.title });
    this.picture = document.createElement("div");
    const kind = this.getAttribute("kind");
    this.figure.append(title, ...(kind === "multiples" ? [] : [legend(this.data, kind === "line")]), this.picture);
    this.prepend(this.figure);
    this.fold(table);
    new ResizeObserver(() => this.draw()).observe(this.picture);
  }

  /** The table stays for whoever reads rather than looks. @param {HTMLTableElement} table */
  fold(table) {
    const details = document.createElement("details");
    const box = Object.assign(document.createElement("div"), { className: "table-box" });
    details.append(Object.assign(document.createElement("summary"), { textContent: word("chart.table") }), box);
    box.append(table);
    this.append(details);
  }

  draw() {
    const room = Math.floor(this.picture?.clientWidth ?? 0);
    if (!this.data?.rows.length || room < 40 || room === this.room) return;
    this.room = room;
    const most = this.dataset.max ? Number(this.dataset.max) : undefined;
    const kind = this.getAttribute("kind");
    if (kind === "multiples") this.picture?.replaceChildren(this.small(most));
    else this.picture?.replaceChildren(kind === "line" ? lines(this.data, room, most) : bars(this.data, room, most));
    this.dataset.ready = "";
  }

  /** Small multiples: one picture per column, all on the same scale. @param {number | undefined} most */
  small(most) {
    const data = /** @type {Data} */ (this.data);
    const grid = Object.assign(document.createElement("div"), { className: "multiples" });
    const room = this.room ?? 240;
    const columns = Math.max(1, Math.floor((room + GAP) / (220 + GAP)));
    const each = Math.floor((room - GAP * (columns - 1)) / columns);
    for (const [at, name] of data.series.entries()) {
      const cell = document.createElement("div");
      cell.append(Object.assign(document.createElement("h3"), { textContent: name }), lines(data, each, most, 120, at));
      grid.append(cell);
    }
    return grid;
  }
}

customElements.define("data-chart", DataChart);
