// The report page: position of the device, place of the photo. Everything else works without a script.

/** @param {string} key */
const say = (key) => /** @type {HTMLTemplateElement | null} */ (document.getElementById("report-words"))?.content.querySelector(`[data-word="${key}"]`)?.textContent ?? "";
const field = (/** @type {string} */ id) => /** @type {HTMLInputElement | null} */ (document.getElementById(id));
const DIGITS = 6;

for (const hidden of document.querySelectorAll("[data-needs-script]")) hidden.removeAttribute("hidden");

/** @param {number} lon @param {number} lat */
function put(lon, lat) {
  const [x, y] = [field("id_lon"), field("id_lat")];
  if (!x || !y) return;
  x.value = lon.toFixed(DIGITS);
  y.value = lat.toFixed(DIGITS);
  y.dispatchEvent(new Event("change", { bubbles: true }));
}

const said = /** @type {HTMLElement | null} */ (document.querySelector("[data-locate-said]"));

/** @param {string} text */
function tell(text) {
  if (!said) return;
  said.hidden = false;
  said.textContent = text;
}

document.querySelector("[data-locate]")?.addEventListener("click", () => {
  tell(say("asking"));
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      put(coords.longitude, coords.latitude);
      tell(say("got").replace("METRES", String(Math.round(coords.accuracy))));
    },
    () => {
      tell(say("refused"));
      field("id_address")?.focus();
    },
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
});

// The photo's place is offered, never taken: it counts once its box is ticked.
document.addEventListener("change", (event) => {
  const box = /** @type {HTMLInputElement} */ (event.target);
  if (box.name === "photo_place" && box.checked) put(Number(box.dataset.photoLon), Number(box.dataset.photoLat));
});
