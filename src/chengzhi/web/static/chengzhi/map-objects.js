// Registers on a map: markers of the chosen kinds beside the cases, and the line or area of one object.
import { bbox, withQuery } from "./map-clusters.js";
import { colour } from "./map-style.js";

const VENDOR = new URL("../vendor/maplibre-gl/", import.meta.url);
const SHAPE = "object-shape";

/** @param {{count: number, url?: string, label: string}} facts */
function objectElement(facts) {
  const element = document.createElement(facts.url ? "a" : "span");
  if (element instanceof HTMLAnchorElement) element.href = facts.url ?? "";
  element.className = "map-object";
  element.title = facts.label;
  element.setAttribute("aria-label", facts.label);
  const mark = document.createElement("b");
  mark.textContent = facts.count > 1 ? String(facts.count) : "";
  element.append(mark);
  return element;
}

/** @param {HTMLElement} host a district-map @param {HTMLFormElement} form with a box for each kind */
async function layer(host, form) {
  const map = /** @type {any} */ (host).map;
  const library = await import(new URL("maplibre-gl.mjs", VENDOR).href);
  /** @type {any[]} */
  let markers = [];
  let asked = 0;

  const chosen = () => new FormData(form).getAll("kinds").map(String);
  const clear = () => { for (const one of markers.splice(0)) one.remove(); };

  const refresh = async () => {
    const turn = ++asked, kinds = chosen();
    if (!kinds.length) return clear();
    const address = withQuery(form.dataset.layer ?? "", { kinds: kinds.join(","), bbox: bbox(map), zoom: map.getZoom().toFixed(1) });
    const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
    if (!answer.ok || turn !== asked) return; // a newer box was asked meanwhile
    const { features } = await answer.json();
    clear();
    markers = features.map((/** @type {any} */ one) => new library.Marker({ element: objectElement(one.properties) }).setLngLat(one.geometry.coordinates).addTo(map));
    for (const [at, one] of markers.entries()) one.getElement().setAttribute("aria-label", features[at].properties.label); // the class sets its own
    host.dispatchEvent(new CustomEvent("objectsdrawn", { bubbles: true, detail: features.length }));
  };

  const remember = () => {
    const url = new URL(location.href);
    url.searchParams.delete("kinds");
    for (const kind of chosen()) url.searchParams.append("kinds", kind);
    history.replaceState(null, "", url);
  };
  form.addEventListener("change", () => { remember(); refresh().catch(() => {}); });
  map.on("moveend", () => refresh().catch(() => {}));
  refresh().catch(() => {});
}

/** @param {HTMLElement} host a district-map with `data-shape` */
async function shape(host) {
  const map = /** @type {any} */ (host).map;
  const data = await (await fetch(host.dataset.shape ?? "", { headers: { Accept: "application/geo+json" } })).json();
  const draw = () => {
    if (map.getSource(SHAPE)) return;
    map.addSource(SHAPE, { type: "geojson", data });
    const ink = colour("--signal");
    map.addLayer({ id: `${SHAPE}-fill`, type: "fill", source: SHAPE, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": ink, "fill-opacity": 0.18 } });
    map.addLayer({ id: `${SHAPE}-line`, type: "line", source: SHAPE, layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": ink, "line-width": 3 } });
  };
  draw();
  map.on("styledata", draw); // another theme begins with an empty style
}

/** @param {HTMLElement} host */
function begin(host) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-layer]"));
  if (form) layer(host, form).catch(() => {});
  if (host.dataset.shape) shape(host).catch(() => {});
}

for (const host of document.querySelectorAll("district-map")) {
  if ("ready" in /** @type {HTMLElement} */ (host).dataset) begin(/** @type {HTMLElement} */ (host));
}
document.addEventListener("mapready", (event) => begin(/** @type {HTMLElement} */ (event.target)));
