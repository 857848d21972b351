// `<photo-field data-max-mb="20" data-max-files="4">` around a file input: looks at what was chosen before it is sent.
import { toast } from "./toast.js";
import { word } from "./words.js";

const MEGABYTE = 1_000_000;

class PhotoField extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input[type=file]");
    if (!(input instanceof HTMLInputElement) || this.list) return;
    this.input = input;
    this.list = Object.assign(document.createElement("ul"), { className: "photos" });
    this.append(this.list);
    input.addEventListener("change", () => this.keep([...(input.files ?? [])]));
    this.drops();
  }

  disconnectedCallback() {
    this.forget();
  }

  drops() {
    const zone = this.querySelector(".drop");
    zone?.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
    zone?.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone?.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      this.keep([...(/** @type {DragEvent} */ (event).dataTransfer?.files ?? [])]);
    });
  }

  /** @param {File} file @returns {string} what is wrong with it, or nothing */
  fault(file) {
    const limit = Number(this.dataset.maxMb ?? 20);
    if (!file.type.startsWith("image/")) return word("photo.kind", { name: file.name });
    return file.size > limit * MEGABYTE ? word("photo.large", { name: file.name, limit }) : "";
  }

  /** @param {File[]} files */
  keep(files) {
    const most = Number(this.dataset.maxFiles ?? 4);
    const faults = files.map((file) => this.fault(file));
    const good = files.filter((_, at) => !faults[at]);
    for (const text of faults.filter(Boolean)) toast(text, "error");
    if (good.length > most) toast(word("photo.many", { limit: most }), "warning");
    this.set(good.slice(0, most));
  }

  /** @param {File[]} files */
  set(files) {
    const chosen = new DataTransfer();
    for (const file of files) chosen.items.add(file);
    if (this.input) this.input.files = chosen.files;
    this.forget();
    this.list?.replaceChildren(...files.map((file) => this.preview(file, files)));
    this.dispatchEvent(new CustomEvent("photoschosen", { bubbles: true, detail: files }));
  }

  /** @param {File} file @param {File[]} all */
  preview(file, all) {
    const item = document.createElement("li");
    const image = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name });
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "button button-quiet", textContent: word("photo.remove", { name: file.name }) });
    remove.addEventListener("click", () => this.set(all.filter((other) => other !== file)));
    const figure = document.createElement("figure");
    figure.append(image, remove);
    item.append(figure);
    return item;
  }

  forget() {
    for (const image of this.list?.querySelectorAll("img") ?? []) URL.revokeObjectURL(image.src);
  }
}

customElements.define("photo-field", PhotoField);
