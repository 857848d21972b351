// `<mask-photo>`: boxes drawn over a photo by mouse, finger, pen or keyboard; sent as shares of its size.

/** @typedef {{left: number, top: number, width: number, height: number}} Box in shares of the photo */

const STEP = 0.01;
const LEAST = 0.005;
const FRESH = { left: 0.4, top: 0.4, width: 0.2, height: 0.2 };
const clamp = (/** @type {number} */ value, low = 0, high = 1) => Math.min(high, Math.max(low, value));

class MaskPhoto extends HTMLElement {
  /** @type {Box[]} */ boxes = [];
  current = -1;
  /** @type {{x: number, y: number} | null} */ start = null;

  connectedCallback() {
    this.canvas = /** @type {HTMLCanvasElement} */ (this.querySelector("canvas"));
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.canvas.width = Number(this.dataset.width);
    this.canvas.height = Number(this.dataset.height);
    Object.assign(this.canvas.style, { maxWidth: "100%", height: "auto", touchAction: "none", cursor: "crosshair" });
    this.image = new Image();
    this.image.addEventListener("load", () => { this.draw(); this.dataset.ready = ""; });
    this.image.src = this.dataset.src ?? "";
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    this.canvas.addEventListener("pointerup", () => this.end());
    this.canvas.addEventListener("pointercancel", () => this.end());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {PointerEvent} event */
  place(event) {
    const frame = this.canvas.getBoundingClientRect();
    return { x: clamp((event.clientX - frame.left) / frame.width), y: clamp((event.clientY - frame.top) / frame.height) };
  }

  /** @param {PointerEvent} event */
  begin(event) {
    event.preventDefault();
    this.canvas.focus();
    this.canvas.setPointerCapture(event.pointerId);
    this.start = this.place(event);
    this.boxes.push({ left: this.start.x, top: this.start.y, width: 0, height: 0 });
    this.current = this.boxes.length - 1;
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.start) return;
    const { x, y } = this.place(event);
    this.boxes[this.current] = {
      left: Math.min(x, this.start.x), top: Math.min(y, this.start.y),
      width: Math.abs(x - this.start.x), height: Math.abs(y - this.start.y),
    };
    this.draw();
  }

  end() {
    if (!this.start) return;
    this.start = null;
    const box = this.boxes[this.current];
    if (box.width < LEAST || box.height < LEAST) this.remove(); // a click without a drag
    this.draw();
  }

  remove() {
    this.boxes.splice(this.current, 1);
    this.current = this.boxes.length - 1;
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (event.key === "n" || event.key === "N") {
      this.boxes.push({ ...FRESH });
      this.current = this.boxes.length - 1;
    } else if (move && this.current >= 0) this.shift(move, event.shiftKey);
    else if ((event.key === "Delete" || event.key === "Backspace") && this.current >= 0) this.remove();
    else if (event.key === "Tab" && !event.shiftKey && this.current >= 0 && this.current < this.boxes.length - 1) this.current += 1;
    else return; // Tab after the last box leaves the photo
    event.preventDefault();
    event.stopPropagation();
    this.draw();
  }

  /** @param {number[]} move @param {boolean} resize */
  shift([x, y], resize) {
    const box = this.boxes[this.current];
    if (resize) {
      box.width = clamp(box.width + x, LEAST, 1 - box.left);
      box.height = clamp(box.height + y, LEAST, 1 - box.top);
    } else {
      box.left = clamp(box.left + x, 0, 1 - box.width);
      box.top = clamp(box.top + y, 0, 1 - box.height);
    }
  }

  draw() {
    const { pen, canvas, boxes } = this;
    pen.drawImage(this.image, 0, 0, canvas.width, canvas.height);
    const accent = getComputedStyle(this).getPropertyValue("--signal").trim() || "#c2410c";
    boxes.forEach((box, at) => {
      const area = /** @type {const} */ ([box.left * canvas.width, box.top * canvas.height, box.width * canvas.width, box.height * canvas.height]);
      pen.fillStyle = "rgb(20 20 20 / 88%)";
      pen.fillRect(...area);
      pen.lineWidth = Math.max(2, canvas.width / 300) * (at === this.current ? 2 : 1);
      pen.strokeStyle = at === this.current ? accent : "#ffffff";
      pen.strokeRect(...area);
    });
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="boxes"]'));
    if (input) input.value = JSON.stringify(boxes.map((box) => [box.left, box.top, Math.min(box.width, 1 - box.left), Math.min(box.height, 1 - box.top)]));
    const count = document.querySelector("[data-mask-count]");
    if (count) count.textContent = `${this.dataset.box}: ${boxes.length}`;
  }
}

customElements.define("mask-photo", MaskPhoto);
