// A picture from a file, a paste, a drop or the camera, made smaller before it is sent: on phones
// always, elsewhere what the server would not take.
import { sent } from "./forms.js";

const SIDE_PX = 1024; // what the server looks at
const SMALL_BYTES = 300_000; // not worth the work
// On a desk: twice of it, of pictures with more pixels than the server decodes for a search.
const DESK = { side: 2048, bytes: 1_000_000, pixels: { "image/jpeg": 30e6, other: 12e6 } };

const onPhone = () => matchMedia("(pointer: coarse)").matches;

async function isTooLarge(file) {
  if (file.size > Number(document.querySelector(".mdb-head")?.dataset.max)) return true;
  if (file.size < DESK.bytes) return false;
  const shown = Object.assign(new Image(), { src: URL.createObjectURL(file) });
  const known = await new Promise((done) => {
    shown.onload = () => done(true);
    shown.onerror = () => done(false);
  });
  URL.revokeObjectURL(shown.src);
  return known && shown.naturalWidth * shown.naturalHeight > (DESK.pixels[file.type] || DESK.pixels.other);
}

async function fitting(file) {
  if (onPhone()) return file.size < SMALL_BYTES ? file : reduced(file, SIDE_PX);
  return (await isTooLarge(file)) ? reduced(file, DESK.side) : file;
}

async function reduced(file, side) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, side / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.86));
    return blob && blob.size < file.size ? new File([blob], file.name, { type: "image/jpeg" }) : file;
  } catch {
    return file; // a format that the browser does not read: the server may
  }
}

function put(input, file) {
  const holder = new DataTransfer();
  holder.items.add(file);
  input.files = holder.files;
}

// From any page: a form of its own, so that the answer is a page like any other.
export function searchFor(file, head, say) {
  const known = document.querySelector("#search");
  if (known) return take(known, [file], say);
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: head.dataset.search, enctype: "multipart/form-data", hidden: true });
  const fields = { csrf_token: head.dataset.csrf, application: head.dataset.library };
  for (const [name, value] of Object.entries(fields)) {
    if (value) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  const input = Object.assign(document.createElement("input"), { type: "file", name: "image" });
  form.append(input);
  document.body.append(form);
  return send(form, file, say);
}

async function send(form, file, say) {
  const head = document.querySelector(".mdb-head");
  const input = form.querySelector("input[type=file]");
  const ready = await fitting(file);
  if (ready.size > Number(head.dataset.max)) return say(head.dataset.large);
  put(input, ready);
  if (form.checkValidity() && sent(form, say)) form.submit();
}

function refusal(input, file) {
  return file?.type && !file.type.startsWith("image/") ? input.dataset.other : "";
}

function preview(input, file) {
  input.parentElement.querySelector(".mdb-preview")?.remove();
  if (!file || !file.type.startsWith("image/")) return;
  const shown = Object.assign(document.createElement("img"), { className: "mdb-preview", alt: "" });
  shown.src = URL.createObjectURL(file);
  shown.addEventListener("load", () => URL.revokeObjectURL(shown.src));
  shown.addEventListener("error", () => shown.remove());
  input.parentElement.append(shown);
}

export function start(form, say) {
  const input = form.querySelector("input[type=file]");
  const camera = form.querySelector("#camera");
  let shooting = false;
  camera.addEventListener("click", () => {
    input.setAttribute("capture", "environment");
    shooting = true;
    input.click();
    input.removeAttribute("capture");
  });
  input.addEventListener("change", () => {
    const file = input.files[0];
    const wrong = refusal(input, file);
    input.setCustomValidity(wrong);
    say(wrong);
    preview(input, wrong ? null : file);
    if (shooting && file && !wrong) send(form, file, say);
    shooting = false;
  });
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file || file.size < SMALL_BYTES) return;
    event.preventDefault();
    send(form, file, say);
  });
}

// What was dropped or pasted on the form; of several the first, which whoever dropped them looks at.
export function take(form, files, say) {
  const input = form.querySelector("input[type=file]");
  const file = [...files].find((one) => !refusal(input, one)) || files[0];
  const wrong = refusal(input, file);
  if (wrong) return say(wrong);
  form.querySelector("#url").value = ""; // what came last counts
  if (files.length === 1) return send(form, file, say);
  put(input, file);
  input.dispatchEvent(new Event("change"));
  say(document.querySelector(".mdb-head").dataset.one.replace("%(n)s", files.length));
}
