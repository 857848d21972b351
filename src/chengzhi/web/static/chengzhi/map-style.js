// How our own layers look: drawn from GeoJSON and the page's colours, with no tile and no glyph server.
import { language } from "./words.js";

/** Labels are drawn by the browser's own fonts (the style names no glyph server). */
export const FONT = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"];

/** @typedef {{type: "FeatureCollection", features: any[]}} Collection */
/** @type {() => Collection} */
export const nothing = () => ({ type: "FeatureCollection", features: [] });

/** @param {string} name of a custom property */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {number} size @param {string} [field] */
export const label = (size, field = "name") => ({
  "text-field": ["coalesce", ["get", language().startsWith("zh") ? field : `${field}_en`], ["get", field], ""],
  "text-font": FONT,
  "text-size": size,
  "text-max-width": 8,
});

/** @param {string} name */
const halo = (name) => ({ "text-color": colour(name), "text-halo-color": colour("--map-area"), "text-halo-width": 1.6 });

/**
 * @param {string} [tiles] address of a raster tile server, when the district has one
 * @param {{fills: any[], names: any[]}} [more] fills below our lines, and what stands in the place of the areas' names
 */
export function style(tiles, more) {
  const sources = Object.fromEntries(["outline", "areas", "names", "cells", "streets"].map((id) => [id, { type: "geojson", data: nothing() }]));
  const base = tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : [];
  return {
    version: 8,
    sources: { ...sources, ...(tiles ? { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 18 } } : {}) },
    layers: [{ id: "ground", type: "background", paint: { "background-color": colour("--map-ground") } }, ...base, ...own(Boolean(tiles), more)],
  };
}

/** @param {boolean} above whether our layers lie above a picture @param {{fills: any[], names: any[]}} [more] */
function own(above, more) {
  const names = [{ id: "area-names", type: "symbol", source: "names", layout: label(14), paint: halo("--ink") }];
  return [
    { id: "outline-fill", type: "fill", source: "outline", paint: { "fill-color": colour("--map-area"), "fill-opacity": above ? 0 : 1 } },
    ...(more?.fills ?? []),
    { id: "cells", type: "line", source: "cells", minzoom: 12.5, paint: { "line-color": colour("--line"), "line-width": 1 } },
    { id: "streets", type: "line", source: "streets", layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": colour("--edge"), "line-opacity": 0.55, "line-width": ["interpolate", ["linear"], ["zoom"], 10, 1, 16, 6] } },
    { id: "areas", type: "line", source: "areas", paint: { "line-color": colour("--edge"), "line-width": 1, "line-dasharray": [4, 3] } },
    { id: "outline", type: "line", source: "outline", layout: { "line-join": "round" }, paint: { "line-color": colour("--accent"), "line-width": 2.5 } },
    { id: "street-names", type: "symbol", source: "streets", minzoom: 12, layout: { ...label(13), "symbol-placement": "line" }, paint: halo("--muted") },
    ...(more?.names ?? names),
  ];
}

/** @param {any} geometry @returns {number[][]} all its points */
export function points(geometry) {
  const found = /** @type {number[][]} */ ([]);
  const walk = (/** @type {any} */ part) => (typeof part?.[0] === "number" ? found.push(part) : part?.forEach(walk));
  walk(geometry?.coordinates);
  return found;
}

/** @param {Collection} collection @returns {[number, number, number, number] | null} west, south, east, north */
export function box(collection) {
  const all = collection.features.flatMap((feature) => points(feature.geometry));
  if (!all.length) return null;
  const east = all.map((point) => point[0]);
  const north = all.map((point) => point[1]);
  const least = (/** @type {number[]} */ list) => list.reduce((a, b) => Math.min(a, b));
  const most = (/** @type {number[]} */ list) => list.reduce((a, b) => Math.max(a, b));
  return [least(east), least(north), most(east), most(north)];
}

/**
 * One point per area for its name: a polygon split over tiles would be named once per tile.
 * @param {Collection} areas @returns {Collection}
 */
export function names(areas) {
  const shaped = areas.features.filter((feature) => feature.geometry); // an area of which only the name is known has none
  const features = shaped.map((feature) => ({ type: "Feature", properties: feature.properties, geometry: { type: "Point", coordinates: middle(feature.geometry) } }));
  return { type: "FeatureCollection", features };
}

/** @param {any} geometry @returns {number[]} centre of mass of its largest ring */
function middle(geometry) {
  const rings = geometry.type === "MultiPolygon" ? geometry.coordinates.map((/** @type {any} */ part) => part[0]) : [geometry.coordinates[0]];
  const best = rings.map(mass).reduce((/** @type {any} */ a, /** @type {any} */ b) => (b.area > a.area ? b : a));
  return best.centre;
}

/** @param {number[][]} ring */
function mass(ring) {
  const [x0, y0] = ring[0]; // relative to the first corner: degrees squared lose their digits otherwise
  let area = 0, x = 0, y = 0;
  for (let i = 0; i < ring.length - 1; i++) {
    const [ax, ay, bx, by] = [ring[i][0] - x0, ring[i][1] - y0, ring[i + 1][0] - x0, ring[i + 1][1] - y0];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return { area: Math.abs(area), centre: area ? [x0 + x / (3 * area), y0 + y / (3 * area)] : ring[0] };
}
