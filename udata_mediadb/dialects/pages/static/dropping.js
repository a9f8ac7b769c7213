// What is dropped on any page: into its own file field where it has one, else it is searched for.
import { typed } from "./forms.js";
import { searchFor, take } from "./picture.js";

const head = document.querySelector(".mdb-head");
const held = (data) => [...(data?.types || [])].some((type) => type === "Files" || type === "text/uri-list");
const place = () => document.querySelector("#search, [data-takes]");

// Of a picture that was dragged from another page its own address, not that of what it leads to.
function addressIn(data) {
  const html = new DOMParser().parseFromString(data.getData("text/html"), "text/html");
  const shown = html.querySelector("img[src^=http]")?.getAttribute("src");
  return shown || (data.getData("text/uri-list") || data.getData("text/plain")).split("\n").find((line) => /^https?:/.test(line))?.trim();
}

function ask(form, address) {
  form.querySelector("input[type=file]").value = "";
  form.querySelector("#url").value = address;
  form.requestSubmit();
}

function fill(form, data, say) {
  if (!data.files.length) return;
  form.dispatchEvent(new CustomEvent("mdb-files", { detail: data }));
  const input = form.querySelector("input[type=file][multiple]");
  if (form.dataset.takes !== "pictures") return;
  const holder = new DataTransfer();
  for (const file of [...input.files, ...data.files]) holder.items.add(file);
  input.files = holder.files;
  say(head.dataset.dropped.replace("%(n)s", input.files.length));
}

function dropped(data, say) {
  const form = place();
  if (form?.dataset.takes) return fill(form, data, say);
  const address = data.files.length ? "" : addressIn(data);
  if (form && address) {
    return ask(form, address);
  }
  if (form) return data.files.length && take(form, data.files, say);
  if (typed()) return say(head.dataset.unsaved);
  if (data.files.length > 1) return say(head.dataset.one.replace("%(n)s", data.files.length));
  if (data.files.length) return searchFor(data.files[0], head, say);
  if (address) location.assign(head.dataset.search + "?" + new URLSearchParams({ application: head.dataset.library, url: address }));
}

export function watch(say) {
  const inField = (event) => event.target.closest?.("input, textarea");
  for (const name of ["dragenter", "dragover"])
    document.addEventListener(name, (event) => {
      if (!held(event.dataTransfer) || inField(event)) return;
      event.preventDefault();
      place()?.classList.add("mdb-over-it");
    });
  document.addEventListener("dragleave", (event) => event.relatedTarget || place()?.classList.remove("mdb-over-it"));
  document.addEventListener("drop", (event) => {
    place()?.classList.remove("mdb-over-it");
    if (!held(event.dataTransfer) || inField(event)) return;
    event.preventDefault();
    dropped(event.dataTransfer, say);
  });
  document.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    const file = [...(data?.files || [])].find((one) => one.type.startsWith("image/"));
    // a table's cells are a picture, too: in a field they are the text
    const text = data?.getData("text/plain");
    if (file && inField(event) && text) return;
    if (file) {
      event.preventDefault();
      if (!document.querySelector("#search") && typed()) return say(head.dataset.unsaved);
      return searchFor(file, head, say);
    }
    const form = document.querySelector("#search");
    if (!form || inField(event) || !/^https?:\/\/\S+$/.test((text || "").trim())) return;
    event.preventDefault();
    ask(form, text.trim());
  });
}
