// A picture from a file, a paste, a drop or the camera, made smaller on phones before it is sent.
const SIDE_PX = 1024; // what the server looks at
const SMALL_BYTES = 300_000; // not worth the work

const onPhone = () => matchMedia("(pointer: coarse)").matches;

export async function reduced(file) {
  if (file.size < SMALL_BYTES) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, SIDE_PX / Math.max(picture.width, picture.height));
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
export function searchFor(file, head) {
  const known = document.querySelector("#search");
  if (known) return send(known, file);
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: head.dataset.search, enctype: "multipart/form-data", hidden: true });
  const fields = { csrf_token: head.dataset.csrf, application: head.dataset.library };
  for (const [name, value] of Object.entries(fields)) {
    if (value) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  const input = Object.assign(document.createElement("input"), { type: "file", name: "image" });
  form.append(input);
  document.body.append(form);
  return send(form, file);
}

async function send(form, file) {
  const input = form.querySelector("input[type=file]");
  put(input, onPhone() ? await reduced(file) : file);
  if (form.checkValidity()) form.submit();
}

function refusal(input, file) {
  if (!file) return "";
  if (file.type && !file.type.startsWith("image/")) return input.dataset.other;
  return file.size > Number(input.dataset.max) && !onPhone() ? input.dataset.large : "";
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
    if (shooting && file && !wrong) send(form, file);
    shooting = false;
  });
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file || !onPhone() || file.size < SMALL_BYTES) return;
    event.preventDefault();
    send(form, file);
  });
  const inside = (event) => [...(event.dataTransfer?.types || [])].some((type) => type === "Files" || type === "text/uri-list");
  for (const name of ["dragenter", "dragover"])
    document.addEventListener(name, (event) => {
      if (!inside(event)) return;
      event.preventDefault();
      form.classList.add("mdb-over-it");
    });
  document.addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("mdb-over-it"));
  document.addEventListener("drop", (event) => {
    if (!inside(event)) return;
    event.preventDefault();
    form.classList.remove("mdb-over-it");
    dropped(form, input, event.dataTransfer, say);
  });
}

function dropped(form, input, data, say) {
  const file = data.files[0];
  if (file) {
    const wrong = refusal(input, file);
    say(wrong);
    return wrong || send(form, file);
  }
  const address = data.getData("text/uri-list").split("\n").find((line) => line && !line.startsWith("#"));
  if (!address) return;
  form.querySelector("#url").value = address;
  form.requestSubmit();
}
