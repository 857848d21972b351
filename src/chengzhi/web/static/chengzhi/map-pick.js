// Choosing a place: click, drag the pin, arrow keys, or type the coordinates; all four stay in step.
import { word } from "./words.js";

/** Pixels the pin moves per arrow key. */
const STEP = 6;
const DIGITS = 6;
const PIN = '<svg viewBox="0 0 32 44" aria-hidden="true"><path fill="currentColor" stroke-width="2" d="M16 43C12 33 2 27 2 16a14 14 0 0 1 28 0c0 11-10 17-14 27z"/><circle cx="16" cy="16" r="5" fill="#fff" stroke="none"/></svg>';

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

export function pinElement() {
  const pin = document.createElement("button");
  pin.type = "button";
  pin.className = "map-pin";
  pin.innerHTML = PIN;
  pin.setAttribute("aria-label", word("map.pin"));
  return pin;
}

/**
 * @param {any} map a MapLibre map
 * @param {any} Marker its marker class
 * @param {{lon: HTMLInputElement | null, lat: HTMLInputElement | null, host: HTMLElement}} where
 */
export function pick(map, Marker, { lon, lat, host }) {
  const pin = pinElement();
  const marker = new Marker({ element: pin, anchor: "bottom", draggable: true });
  let shown = false;

  /** @param {{lng: number, lat: number}} place @param {boolean} [typed] */
  const put = (place, typed = false) => {
    marker.setLngLat(place);
    if (!shown) marker.addTo(map);
    shown = true;
    pin.setAttribute("aria-label", word("map.pin")); // the marker class names it in English
    if (typed) return;
    write(lon, place.lng);
    write(lat, place.lat);
    host.dispatchEvent(new CustomEvent("placepicked", { bubbles: true, detail: { lon: place.lng, lat: place.lat } }));
  };

  const read = () => {
    const [x, y] = [Number.parseFloat(lon?.value ?? ""), Number.parseFloat(lat?.value ?? "")];
    if (Math.abs(x) > 180 || Math.abs(y) > 90 || !Number.isFinite(x + y)) return;
    put({ lng: x, lat: y }, true);
    if (!map.getBounds().contains([x, y])) map.jumpTo({ center: [x, y] });
  };

  const free = () => !("drawing" in host.dataset); // while a line is drawn, a click is its corner
  map.on("click", (/** @type {any} */ event) => { if (free()) put(event.lngLat); });
  marker.on("dragend", () => put(marker.getLngLat()));
  pin.addEventListener("click", (event) => event.stopPropagation());
  pin.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    const at = map.project(marker.getLngLat());
    put(map.unproject([at.x + move[0], at.y + move[1]]));
  });
  map.getCanvas().addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && free()) put(map.getCenter());
  });
  lon?.addEventListener("change", read);
  lat?.addEventListener("change", read);
  read();
  return put;
}

/** @param {HTMLInputElement | null} input @param {number} value degrees */
function write(input, value) {
  if (!input) return;
  input.value = value.toFixed(DIGITS);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
