// Rows with `data-lon` and `data-lat` as numbered marks on the page's map; a mark leads to its row.
const VENDOR = new URL("../vendor/maplibre-gl/", import.meta.url);
const PADDING = 48;
const NEAREST_ZOOM = 15;

/** @param {HTMLElement} row @param {number} number */
function mark(row, number) {
  const element = document.createElement("a");
  element.className = "map-object";
  element.href = `#${row.id}`;
  element.title = row.dataset.label ?? "";
  const text = document.createElement("b");
  text.textContent = String(number);
  element.append(text);
  return element;
}

/** @param {Element} host a district-map with `data-rows` */
async function begin(host) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(/** @type {HTMLElement} */ (host).dataset.rows ?? "none")]);
  if (!rows.length) return;
  const map = /** @type {any} */ (host).map;
  const library = await import(new URL("maplibre-gl.mjs", VENDOR).href);
  const bounds = new library.LngLatBounds();
  for (const [at, row] of rows.entries()) {
    const place = [Number(row.dataset.lon), Number(row.dataset.lat)];
    const element = mark(row, at + 1);
    new library.Marker({ element }).setLngLat(place).addTo(map);
    element.setAttribute("aria-label", row.dataset.label ?? ""); // the class sets its own
    bounds.extend(place);
  }
  map.fitBounds(bounds, { padding: PADDING, maxZoom: NEAREST_ZOOM, animate: false });
}

for (const host of document.querySelectorAll("district-map[data-rows][data-ready]")) begin(host).catch(() => {});
document.addEventListener("mapready", (event) => begin(/** @type {Element} */ (event.target)).catch(() => {}));
