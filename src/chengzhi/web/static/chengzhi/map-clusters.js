// Cases on the map as the server groups them for the box and zoom: count, and the share overdue as a ring.
import { language, word } from "./words.js";

/** @typedef {{count: number, overdue?: number, url?: string, label?: string, bbox?: [number, number, number, number]}} Group */

const RADIUS = 15.9155; // circumference 100: a share is its own dash length

/** @param {number} count @returns {number} diameter in px */
const size = (count) => Math.round(44 + Math.min(28, 7 * Math.log10(Math.max(1, count))));

/** @param {Group} group */
function words(group) {
  const count = group.count.toLocaleString(language());
  const share = Math.round((100 * (group.overdue ?? 0)) / group.count);
  if (group.label) return group.label;
  return group.overdue ? word("map.cluster", { count, share: share || "<1" }) : word("map.cluster-calm", { count });
}

/** @param {Group} group */
export function clusterElement(group) {
  const element = document.createElement(group.url ? "a" : "button");
  if (element instanceof HTMLAnchorElement) element.href = group.url ?? "";
  else element.type = "button";
  element.className = "map-cluster";
  const share = (100 * (group.overdue ?? 0)) / group.count;
  const px = size(group.count);
  const count = new Intl.NumberFormat(language(), { notation: group.count >= 10_000 ? "compact" : "standard" }).format(group.count);
  element.innerHTML = `<svg viewBox="0 0 40 40" width="${px}" height="${px}" aria-hidden="true"><circle class="disc" cx="20" cy="20" r="19"/>
    <circle class="rest" cx="20" cy="20" r="${RADIUS}"/><circle class="late" cx="20" cy="20" r="${RADIUS}" stroke-dasharray="${share} ${100 - share}" transform="rotate(-90 20 20)"/></svg><b></b>`;
  element.querySelector("b")?.append(count);
  element.setAttribute("aria-label", words(group));
  element.title = words(group);
  return element;
}

/** @param {any} map @returns {string} west,south,east,north */
export const bbox = (map) => map.getBounds().toArray().flat().map((/** @type {number} */ degree) => degree.toFixed(5)).join(",");

/** @param {string} address @param {Record<string, string>} values */
export function withQuery(address, values) {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.href;
}

/**
 * Keeps the circles in step with what the map shows.
 * @param {any} map @param {any} Marker @param {string} address
 */
export function clusters(map, Marker, address) {
  /** @type {any[]} */
  let markers = [];
  let asked = 0;

  /** @param {any} feature */
  const marker = (feature) => {
    const element = clusterElement(feature.properties);
    if (!feature.properties.url) element.addEventListener("click", () => closer(map, feature));
    return new Marker({ element }).setLngLat(feature.geometry.coordinates);
  };

  const refresh = async () => {
    const turn = ++asked;
    const answer = await fetch(withQuery(address, { bbox: bbox(map), zoom: map.getZoom().toFixed(1) }), { headers: { Accept: "application/geo+json" } });
    if (!answer.ok || turn !== asked) return; // a newer box was asked meanwhile
    const { features } = await answer.json();
    for (const old of markers) old.remove();
    markers = features.map(marker);
    for (const [at, one] of markers.entries()) {
      one.addTo(map);
      one.getElement().setAttribute("aria-label", words(features[at].properties)); // the class sets an English one
    }
    map.getContainer().dispatchEvent(new CustomEvent("clustersdrawn", { bubbles: true, detail: features.length }));
  };
  map.on("moveend", () => refresh().catch(() => {}));
  refresh().catch(() => {});
  return refresh;
}

/** @param {any} map @param {any} feature */
function closer(map, feature) {
  const group = /** @type {Group} */ (feature.properties);
  if (group.bbox) map.fitBounds(group.bbox, { padding: 48, maxZoom: 18 });
  else map.easeTo({ center: feature.geometry.coordinates, zoom: Math.min(map.getZoom() + 2, 18) });
}
