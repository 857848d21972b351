// `<district-map>`: the district's own layers, clusters, one place or a place to choose. See docs/web.md.
import { bbox, clusters, withQuery } from "./map-clusters.js";
import { graded, layers, link } from "./map-grades.js";
import { pick, pinElement } from "./map-pick.js";
import { box, names, nothing, style } from "./map-style.js";
import { language, word } from "./words.js";

const VENDOR = new URL("../vendor/maplibre-gl/", import.meta.url);
const PADDING = 24;
const MAX_ZOOM = 19;

/** The library's style sheet, once per page. */
function sheet() {
  const href = new URL("maplibre-gl.css", VENDOR).href;
  if (document.querySelector(`link[href="${href}"]`)) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.prepend(link); // before ours, which refines it
}

/** @param {string | undefined} address @returns {Promise<import("./map-style.js").Collection>} */
async function collection(address) {
  if (!address) return nothing();
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

/** @param {string | undefined} text `lon,lat` or `w,s,e,n` */
const degrees = (text) => (text ? text.split(",").map(Number) : null);

const locale = () => ({
  "NavigationControl.ZoomIn": word("map.zoom-in"),
  "NavigationControl.ZoomOut": word("map.zoom-out"),
  "GeolocateControl.FindMyLocation": word("map.locate"),
  "GeolocateControl.LocationNotAvailable": word("map.no-location"),
  "Map.Title": word("map.canvas"),
  "CooperativeGesturesHandler.WindowsHelpText": word("map.ctrl-scroll"),
  "CooperativeGesturesHandler.MacHelpText": word("map.cmd-scroll"),
  "CooperativeGesturesHandler.MobileHelpText": word("map.two-fingers"),
});

class DistrictMap extends HTMLElement {
  /** @type {any} */ map = null;
  /** @type {Record<string, any>} */ layers = {};

  connectedCallback() {
    if (this.map) return;
    this.setAttribute("role", "region");
    this.draw().catch((error) => {
      console.warn("map", error);
      this.state(word("map.failed"));
    });
  }

  disconnectedCallback() {
    this.map?.remove();
    this.map = null;
    document.documentElement.removeEventListener("themechange", this.recolour);
  }

  /** The table whose rows grade the areas, when there is one. */
  get grades() {
    return this.dataset.grades ? document.querySelector(this.dataset.grades) : null;
  }

  style() {
    return style(this.dataset.tiles, this.grades ? layers() : undefined);
  }

  recolour = () => {
    this.map?.setStyle(this.style());
    this.map?.once("styledata", () => this.fill());
  };

  async draw() {
    sheet();
    const [library, outline] = await Promise.all([import(new URL("maplibre-gl.mjs", VENDOR).href), collection(this.dataset.outline)]);
    if (!this.isConnected) return;
    this.layers.outline = outline;
    this.map = this.create(library, outline);
    document.documentElement.addEventListener("themechange", this.recolour);
    this.mark();
    await this.map.once("load");
    this.fill();
    this.behave(library);
    this.map.once("idle", () => {
      this.dataset.ready = "";
      this.dispatchEvent(new CustomEvent("mapready", { bubbles: true }));
    });
    await this.more();
  }

  /** @param {any} library @param {import("./map-style.js").Collection} outline */
  create(library, outline) {
    const holder = document.createElement("div");
    this.append(holder);
    const point = degrees(this.dataset.point);
    const bounds = degrees(this.dataset.bounds) ?? box(outline);
    const map = new library.Map({
      container: holder,
      style: this.style(),
      ...(bounds ? { bounds, fitBoundsOptions: { padding: PADDING } } : {}),
      ...(point ? { center: point, zoom: Number(this.dataset.zoom ?? 15), bounds: undefined } : {}),
      maxZoom: MAX_ZOOM,
      attributionControl: this.dataset.attribution ? { customAttribution: this.dataset.attribution } : false,
      localIdeographFontFamily: false,
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      locale: locale(),
      fadeDuration: 0,
    });
    map.touchZoomRotate.disableRotation();
    map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
    return map;
  }

  /** What stands on the map for good: that it is schematic, or its approval number. */
  mark() {
    const text = this.dataset.schematic ?? this.dataset.approval;
    if (!text) return;
    const mark = Object.assign(document.createElement("span"), { className: "map-mark", textContent: text });
    this.append(mark);
  }

  /** Areas, cells and streets come after the first picture. */
  async more() {
    const wanted = ["areas", "cells", "streets"].filter((name) => this.dataset[name]);
    await Promise.all(wanted.map(async (name) => {
      this.layers[name] = await collection(this.dataset[name]);
      if (name === "areas" && this.grades) this.layers.areas = graded(this.layers.areas, this.grades);
      if (name === "areas") this.layers.names = names(this.layers.areas);
      this.fill();
    }));
  }

  fill() {
    for (const [name, data] of Object.entries(this.layers)) this.map?.getSource(name)?.setData(data);
  }

  /** @param {any} library */
  behave(library) {
    const { map, dataset } = this;
    const find = (/** @type {string | undefined} */ selector) => /** @type {HTMLInputElement | null} */ (selector ? document.querySelector(selector) : null);
    if ("pick" in dataset) {
      const put = pick(map, library.Marker, { lon: find(dataset.lon), lat: find(dataset.lat), host: this });
      const locate = new library.GeolocateControl({ positionOptions: { enableHighAccuracy: true }, showUserLocation: false });
      locate.on("geolocate", (/** @type {any} */ found) => put({ lng: found.coords.longitude, lat: found.coords.latitude }));
      map.addControl(locate, "top-right");
    } else if (dataset.point) {
      new library.Marker({ element: pinElement(), anchor: "bottom" }).setLngLat(degrees(dataset.point)).addTo(map);
    }
    if (this.grades) link(map, this.grades);
    if (dataset.clusters) clusters(map, library.Marker, dataset.clusters);
    if (dataset.list && dataset.listUrl) map.on("moveend", () => this.list());
  }

  /** The list beside the map always shows the rows of the same box. */
  list() {
    const { list, listUrl } = this.dataset;
    const htmx = /** @type {any} */ (window).htmx;
    htmx?.ajax("GET", withQuery(listUrl ?? "", { bbox: bbox(this.map) }), { target: list, swap: "innerHTML" });
  }

  /** @param {string} text */
  state(text) {
    const note = Object.assign(document.createElement("p"), { className: "map-state", textContent: text });
    note.lang = language();
    this.append(note);
  }
}

customElements.define("district-map", DistrictMap);
