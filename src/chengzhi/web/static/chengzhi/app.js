// The one entry point of every page: small modules, loaded as they are, no build.
import "./theme.js";
import "./menus.js";
import "./toast.js";
import "./undo.js";
import "./poll.js";
import "./keyboard.js";

/** Elements that need more code bring it along only where they stand. */
const elements = {
  "district-map": "./map.js",
  "data-chart": "./chart.js",
  "photo-field": "./photo.js",
};

/** @param {ParentNode} root */
function bring(root) {
  for (const [name, file] of Object.entries(elements)) {
    if (!customElements.get(name) && root.querySelector(name)) import(file);
  }
}

bring(document);
document.addEventListener("htmx:load", (event) => bring(/** @type {Element} */ (event.target).parentNode ?? document));
