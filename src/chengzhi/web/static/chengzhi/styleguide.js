// The two buttons of the style guide that show what floats.
import { toast } from "./toast.js";

document.querySelector("[data-demo-toast]")?.addEventListener("click", (event) => toast(/** @type {HTMLElement} */ (event.target).textContent ?? "", "info"));
document.querySelector("[data-demo-dialog]")?.addEventListener("click", () => /** @type {HTMLDialogElement | null} */ (document.getElementById("sample-dialog"))?.showModal());
