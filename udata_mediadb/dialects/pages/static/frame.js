// On every page: keys, and what a page says while it works; forms and what is dropped have modules.
import { watch as watchDrops } from "./dropping.js";
import { watch as watchForms } from "./forms.js";

const head = document.querySelector(".mdb-head");
const OFF = "mediadb-keys-off";
let [before, when] = ["", 0]; // the key before, for g p

export function say(text) {
  const line = document.getElementById("line");
  if (line) line.textContent = text || "";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || localStorage.getItem(OFF)) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const words = document.getElementById("words");
  const goes = before === "g" && event.timeStamp - when < 1500;
  [before, when] = [event.key, event.timeStamp];
  if (event.key === "?") {
    help();
  } else if (goes && event.key === "p") {
    document.querySelector(".mdb-nav a")?.click();
  } else if (event.key === "/" && words) {
    event.preventDefault();
    words.focus();
  } else if (event.key === "i") {
    document.querySelector('.mdb-nav a[href*="/search"]')?.click();
  } else if (!document.querySelector("[data-review]")) {
    // in the grid arrows and Space are its own, in what scrolls arrows are
    if (!event.target.closest(".mdb-grid, .mdb-zoomed, [role=region]")) document.querySelector(`main [data-key="${CSS.escape(event.key)}"]`)?.click();
  } else {
    if (event.key === " " && document.querySelector("[data-review]") && !event.target.closest("button, a, summary")) event.preventDefault();
    document.dispatchEvent(new CustomEvent("mdb-key", { detail: event.key }));
  }
});

// After a part was exchanged the focus is where it begins, and errors are shown as they come.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status >= 400) event.detail.shouldSwap = true;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "content" || event.target.id === "content")
    document.getElementById("content")?.focus({ preventScroll: true });
  load();
});
document.addEventListener("htmx:sendError", () => location.reload());

// Whether single keys do something here (WCAG 2.1.4).
function keys() {
  const button = document.getElementById("keys");
  if (!button) return;
  const show = () => {
    const off = Boolean(localStorage.getItem(OFF));
    button.textContent = off ? button.dataset.on : button.dataset.off;
    button.setAttribute("aria-pressed", String(off));
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (localStorage.getItem(OFF)) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  show();
}

// The keys of the page "About", over whatever one is at.
async function help() {
  const open = document.querySelector("dialog.mdb-help");
  if (open) return open.close();
  const about = await fetch(head.dataset.about).then((answer) => answer.text());
  const shown = new DOMParser().parseFromString(about, "text/html").getElementById("all-keys");
  const dialog = Object.assign(document.createElement("dialog"), { className: "mdb-help" });
  dialog.setAttribute("aria-label", shown.dataset.name);
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: shown.dataset.close, autofocus: true });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(shown, close);
  (document.querySelector(".mdb") || document.body).append(dialog);
  dialog.showModal();
}

// An index that is being built: the same page again after what the server asked for.
function retry() {
  const place = document.querySelector("[data-retry]");
  if (place) setTimeout(() => location.reload(), 1000 * Math.max(1, Number(place.dataset.retry)));
}

// Modules of single pages are read where there is something for them.
const PARTS = {
  "#search": "./picture.js",
  ".mdb-overlay": "./compare.js",
  "[data-region]": "./region.js",
  "#import": "./import.js",
  "[data-chosen]": "./choosing.js",
  "[data-job]": "./job.js",
  "[data-review]": "./review.js",
  "[data-zoom]": "./zoom.js",
};

async function load() {
  for (const [selector, name] of Object.entries(PARTS)) {
    const found = document.querySelector(selector);
    if (found && !found.dataset.ready) {
      found.dataset.ready = "1";
      (await import(name)).start(found, say);
      found.dataset.live = "1";
    }
  }
  if (head) head.dataset.live = "1"; // whoever drives a browser waits for it: all that the page hears is heard
}

keys();
retry();
watchForms(say);
watchDrops(say);
load();

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    say(button.dataset.done);
  });
}
// A bookmark is dragged, not followed here.
document.querySelector('a[href^="javascript:"]')?.addEventListener("click", (event) => event.preventDefault());
