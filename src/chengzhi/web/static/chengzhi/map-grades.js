// Areas coloured by grade. The rows of the table beside the map are the source, so the two cannot disagree:
// `<tr data-area="code" data-tone="green" data-mark="A">`; the mark stands on the area, so colour never speaks alone.
import { FONT, colour, label } from "./map-style.js";

const TONES = ["green", "blue", "yellow", "red", "black"];
/** Too few cases for a grade: hatched. */
const FEW = "few";
const HATCH = "hatch";

/** @typedef {import("./map-style.js").Collection} Collection */

/** @param {Collection} areas @param {Element} table @returns {Collection} the same areas with `tone` and `mark` */
export function graded(areas, table) {
  const rows = new Map([...table.querySelectorAll("[data-area]")].map((row) => [row.getAttribute("data-area"), row]));
  const said = (/** @type {any} */ feature) => {
    const row = rows.get(feature.properties.code);
    return row ? { tone: row.getAttribute("data-tone"), mark: row.getAttribute("data-mark") } : {};
  };
  return { ...areas, features: areas.features.map((feature) => ({ ...feature, properties: { ...feature.properties, ...said(feature) } })) };
}

/** @param {string} prefix of a custom property, such as `--grade-` @param {string} other where there is no grade */
const byTone = (prefix, other) => ["match", ["get", "tone"], ...TONES.flatMap((tone) => [tone, colour(prefix + tone)]), colour(other)];

/** Our layers in the place of the plain ones: fills below the lines, letters and names above them. */
export function layers() {
  const paint = { "text-color": byTone("--on-grade-", "--ink"), "text-halo-color": byTone("--grade-", "--map-area"), "text-halo-width": 1.6 };
  const mark = { "text-font": FONT, "text-field": ["coalesce", ["get", "mark"], ""] };
  return {
    fills: [
      { id: "grades", type: "fill", source: "areas", filter: ["in", ["get", "tone"], ["literal", TONES]], paint: { "fill-color": byTone("--grade-", "--sunken") } },
      { id: "grades-few", type: "fill", source: "areas", filter: ["==", ["get", "tone"], FEW], paint: { "fill-pattern": [HATCH, colour("--sunken"), colour("--edge")].join(" ") } },
    ],
    names: [
      { id: "area-chosen", type: "line", source: "areas", filter: ["==", ["get", "code"], ""], paint: { "line-color": colour("--ink"), "line-width": 4 } },
      // The last layer is placed first: names give way to words, and both to letters, which always stand.
      { id: "area-names", type: "symbol", source: "names", layout: { ...label(13), "text-anchor": "top", "text-offset": [0, 1.5] }, paint },
      { id: "few-marks", type: "symbol", source: "names", filter: ["==", ["get", "tone"], FEW], paint, layout: { ...mark, "text-size": 13 } },
      { id: "grade-marks", type: "symbol", source: "names", filter: ["!=", ["get", "tone"], FEW], paint,
        layout: { ...mark, "text-size": ["interpolate", ["linear"], ["zoom"], 10, 13, 12, 20], "text-allow-overlap": true } },
    ],
  };
}

/** @param {string} id `hatch ground line`: the colours stand in the name, so that another theme asks anew */
function stripes(id) {
  const [, ground, line] = id.split(" ");
  const size = 16;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = line;
  pen.lineWidth = 2;
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

/**
 * The hatching, and rows and areas that point at each other.
 * @param {any} map @param {Element} table
 */
export function link(map, table) {
  map.setMissingStyleImageResolver((/** @type {string} */ id) => (id.startsWith(HATCH) ? map.addImage(id, stripes(id), { pixelRatio: 2 }) : undefined));
  const choose = (/** @type {string} */ code) => map.setFilter("area-chosen", ["==", ["get", "code"], code]);
  const coded = (/** @type {Event} */ event) => /** @type {Element} */ (event.target).closest("[data-area]")?.getAttribute("data-area") ?? "";
  for (const kind of ["pointerover", "focusin"]) table.addEventListener(kind, (event) => choose(coded(event)));
  table.addEventListener("pointerleave", () => choose(""));
  map.on("click", ["grades", "grades-few"], (/** @type {any} */ event) => {
    const { code } = event.features[0].properties;
    choose(code);
    for (const row of table.querySelectorAll("[data-area]")) row.classList.toggle("current", row.getAttribute("data-area") === code);
    table.querySelector(".current")?.scrollIntoView({ block: "nearest" });
  });
}
