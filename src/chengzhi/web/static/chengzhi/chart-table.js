// Reads a chart's data out of the table it stands around.

/** @typedef {{value: number, low?: number, high?: number, few: boolean, text: string}} Point */
/** @typedef {{label: string, href: string, n: string, points: (Point | null)[]}} Row */
/** @typedef {{title: string, series: string[], rows: Row[]}} Data */

/** @param {HTMLElement} cell @returns {Point | null} */
function point(cell) {
  const value = Number.parseFloat(cell.dataset.value ?? "");
  if (!Number.isFinite(value)) return null;
  const bound = (/** @type {string | undefined} */ text) => (text === undefined || text === "" ? undefined : Number.parseFloat(text));
  return { value, low: bound(cell.dataset.low), high: bound(cell.dataset.high), few: "few" in cell.dataset, text: cell.textContent?.trim() ?? "" };
}

/** @param {HTMLTableRowElement} line @param {number[]} columns @returns {Row} */
function row(line, columns) {
  const head = line.cells[0];
  return {
    label: head?.textContent?.trim() ?? "",
    href: head?.querySelector("a")?.getAttribute("href") ?? "",
    n: line.querySelector("[data-n]")?.textContent?.trim() ?? "",
    points: columns.map((at) => (line.cells[at] ? point(line.cells[at]) : null)),
  };
}

/** @param {HTMLTableElement} table @returns {Data} columns that hold a `data-value` anywhere are series */
export function read(table) {
  const lines = [...(table.tBodies[0]?.rows ?? [])];
  const width = Math.max(0, ...lines.map((line) => line.cells.length));
  const columns = [...Array(width).keys()].filter((at) => lines.some((line) => line.cells[at]?.hasAttribute("data-value")));
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent?.trim() ?? "");
  return { title: table.caption?.textContent?.trim() ?? "", series: columns.map((at) => heads[at] ?? ""), rows: lines.map((line) => row(line, columns)) };
}

/**
 * Round steps from zero: length means amount, so an axis never starts elsewhere.
 * @param {number[]} values @param {number} [most] a fixed end such as 100 for a percentage
 * @returns {number[]} tick values, from the least (0 or below) to the end
 */
export function ticks(values, most) {
  const high = most ?? Math.max(0, ...values);
  const low = Math.min(0, ...values);
  const raw = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((part) => part * power).find((size) => size >= raw) ?? raw;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}
