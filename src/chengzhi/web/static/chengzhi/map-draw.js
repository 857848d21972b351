// Drawing the line or area of an object: each click is a corner; the text below stays the truth.
import { colour, nothing } from "./map-style.js";

const LAYER = "drawn";
const DIGITS = 7;

/** @param {number[][]} corners @param {boolean} closed */
const wkt = (corners, closed) => {
  const said = (closed ? [...corners, corners[0]] : corners).map(([x, y]) => `${x.toFixed(DIGITS)} ${y.toFixed(DIGITS)}`).join(", ");
  return closed ? `POLYGON ((${said}))` : `LINESTRING (${said})`;
};

/** Corners of the simple line or area a text holds; null for anything richer, which is left as it is. @param {string} text @param {boolean} closed */
function corners(text, closed) {
  const found = /^\s*(?:LINESTRING|POLYGON)\s*\(\(?([^()]*)\)?\)\s*$/i.exec(text);
  if (!found) return text.trim() ? null : [];
  const all = found[1].split(",").map((pair) => pair.trim().split(/\s+/).map(Number));
  return closed ? all.slice(0, -1) : all;
}

/** @param {HTMLElement} host a district-map @param {HTMLElement} bar with the buttons */
function draw(host, bar) {
  const map = /** @type {any} */ (host).map;
  const box = /** @type {HTMLTextAreaElement} */ (document.querySelector(bar.dataset.draw ?? ""));
  const closed = bar.dataset.closed === "1";
  const button = (/** @type {string} */ name) => /** @type {HTMLButtonElement} */ (bar.querySelector(`[data-do="${name}"]`));
  let known = corners(box.value, closed);

  const show = () => {
    if (!map.getSource(LAYER)) {
      map.addSource(LAYER, { type: "geojson", data: nothing() });
      map.addLayer({ id: `${LAYER}-fill`, type: "fill", source: LAYER, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour("--signal"), "fill-opacity": 0.18 } });
      map.addLayer({ id: `${LAYER}-line`, type: "line", source: LAYER, paint: { "line-color": colour("--signal"), "line-width": 3 } });
      map.addLayer({ id: `${LAYER}-points`, type: "circle", source: LAYER, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": colour("--signal"), "circle-radius": 5 } });
    }
    const points = known ?? [];
    const shapes = points.map((at) => ({ type: "Point", coordinates: at }));
    if (closed && points.length > 2) shapes.push(/** @type {any} */ ({ type: "Polygon", coordinates: [[...points, points[0]]] }));
    if (points.length > 1) shapes.push(/** @type {any} */ ({ type: "LineString", coordinates: points }));
    map.getSource(LAYER).setData({ type: "FeatureCollection", features: shapes.map((geometry) => ({ type: "Feature", properties: {}, geometry })) });
    for (const name of ["back", "clear"]) button(name).disabled = !points.length;
    bar.dataset.corners = String(points.length);
  };
  const write = () => {
    const enough = (known?.length ?? 0) >= (closed ? 3 : 2);
    box.value = enough && known ? wkt(known, closed) : "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  };

  map.on("click", (/** @type {any} */ event) => {
    if (!("drawing" in host.dataset)) return;
    known = [...(known ?? []), [event.lngLat.lng, event.lngLat.lat]];
    write();
  });
  map.getCanvas().addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Enter" || !("drawing" in host.dataset)) return;
    const { lng, lat } = map.getCenter();
    known = [...(known ?? []), [lng, lat]];
    write();
  });
  button("draw").addEventListener("click", () => {
    const on = host.toggleAttribute("data-drawing");
    button("draw").setAttribute("aria-pressed", String(on));
    if (on) known ??= [];
  });
  button("back").addEventListener("click", () => { known = (known ?? []).slice(0, -1); write(); });
  button("clear").addEventListener("click", () => { known = []; write(); });
  box.addEventListener("change", () => { known = corners(box.value, closed); show(); });
  map.on("styledata", show); // another theme begins with an empty style
  show();
  bar.hidden = false;
}

/** @param {Element} host */
function begin(host) {
  const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-draw]"));
  if (bar && bar.hidden) draw(/** @type {HTMLElement} */ (host), bar);
}

for (const host of document.querySelectorAll("district-map[data-ready]")) begin(host);
document.addEventListener("mapready", (event) => begin(/** @type {Element} */ (event.target)));
