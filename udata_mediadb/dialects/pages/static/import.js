// P9: files are read, put into one ZIP where they are several, and sent in pieces. After a break,
// or when the page was closed, the same files go on where they were: the same files are the same ZIP.
import { sent } from "./forms.js";

const PIECE_BYTES = 8 << 20;
const TRIES = 6;
const READ_AS_THEY_ARE = /\.(zip|csv|tsv|jsonl|ndjson|json|xml|rdf|atom|rss)$/i;
const ZIP_MOST = { bytes: 0xfffffffe, files: 65000 }; // beyond is ZIP64
const LITTER = /(^|\/)(\.ds_store|thumbs\.db|desktop\.ini|\._[^/]*)$|(^|\/)__macosx\//i;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

async function crc32(file) {
  let crc = ~0;
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    for (const byte of part.value) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255];
  return ~crc >>> 0;
}

const PATHS = new WeakMap(); // of files in folders that were dropped
const path = (file) => PATHS.get(file) || file.webkitRelativePath || file.name;

// The files in what was dropped, those of folders too.
async function inside(entry, above = "") {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    PATHS.set(file, above + entry.name);
    return [file];
  }
  const found = [];
  for (let reader = entry.createReader(), some = [0]; some.length; ) {
    some = await new Promise((done, failed) => reader.readEntries(done, failed));
    for (const one of some) found.push(...(await inside(one, above + entry.name + "/")));
  }
  return found;
}

// A header of a member (APPNOTE 4.3.7 and 4.3.12): stored, names in UTF-8, of no day.
function header(central, name, crc, size, offset) {
  const head = new DataView(new ArrayBuffer(central ? 46 : 30));
  const from = central ? 2 : 0;
  head.setUint32(0, central ? 0x02014b50 : 0x04034b50, true);
  if (central) head.setUint16(4, 20, true);
  head.setUint16(4 + from, 20, true);
  head.setUint16(6 + from, 0x800, true);
  head.setUint16(12 + from, 0x21, true);
  head.setUint32(14 + from, crc, true);
  head.setUint32(18 + from, size, true);
  head.setUint32(22 + from, size, true);
  head.setUint16(26 + from, name.length, true);
  if (central) head.setUint32(42, offset, true);
  return [head.buffer, name];
}

async function packed(files, tell) {
  const parts = [], central = [];
  let offset = 0;
  for (const [number, file] of files.entries()) {
    tell(number, files.length);
    const name = new TextEncoder().encode(path(file));
    const crc = await crc32(file);
    central.push(...header(true, name, crc, file.size, offset));
    parts.push(...header(false, name, crc, file.size), file);
    offset += 30 + name.length + file.size;
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, new Blob(central).size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...central, end.buffer]);
}

class Refused extends Error {}

async function ask(url, fields) {
  const body = fields && Object.entries(fields).reduce((form, [k, v]) => (form.append(k, v), form), new FormData());
  const answer = await fetch(url, { method: body ? "POST" : "GET", body, headers: { Accept: "application/json" } });
  if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Refused(told.message || answer.status), { status: answer.status });
  return told;
}

// The whole upload; `key`: of these files, under which the browser remembers what it began.
async function send(blob, name, key, base, token, tell) {
  let known = null;
  const id = localStorage.getItem(key);
  if (id) known = await ask(base + "/" + id).catch((error) => { if (!(error instanceof Refused)) throw error; });
  if (!known || known.length !== blob.size)
    known = await ask(base, { csrf_token: token, length: blob.size, name });
  localStorage.setItem(key, known.id);
  const url = base + "/" + known.id;
  for (let failed = 0; known.offset < blob.size; ) {
    tell(known.offset, blob.size, failed > 0);
    try {
      const piece = blob.slice(known.offset, known.offset + PIECE_BYTES);
      known = await ask(url, { csrf_token: token, offset: known.offset, piece });
      failed = 0;
    } catch (error) {
      if ((error instanceof Refused && error.status !== 409) || ++failed > TRIES) throw error;
      tell(known.offset, blob.size, true);
      await new Promise((done) => setTimeout(done, 500 * 2 ** failed));
      known = await ask(url).catch(() => known);
    }
  }
  return known.id;
}

const megabytes = (bytes) => (bytes / 1e6).toFixed(1) + " MB";
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]).replace("%%", "%");

export function start(form, say) {
  const place = form.querySelector("#sending");
  const [bar, words] = [place.querySelector("progress"), place.querySelector("span")];
  const show = (done, all, text) => {
    place.hidden = false;
    bar.max = all || 1;
    bar.value = done;
    words.textContent = text;
  };
  const inputs = [...form.querySelectorAll("input[type=file]")];
  const button = form.querySelector("button[type=submit]");
  const dropped = [];
  form.addEventListener("mdb-files", async ({ detail }) => {
    // read at once: the browser forgets them when the drop has ended
    const items = [...detail.items].filter((one) => one.kind === "file").map((one) => one.webkitGetAsEntry?.() || one.getAsFile());
    for (const one of items) dropped.push(...(one instanceof File ? [one] : await inside(one).catch(() => [])));
    const text = form.dataset.dropped.replace("%(n)s", dropped.length);
    form.querySelector("#dropped").textContent = text;
    say(text);
  });
  form.addEventListener("submit", async (event) => {
    const files = [...dropped, ...inputs.flatMap((one) => [...one.files])].filter((file) => !LITTER.test(path(file)));
    if (!files.length && form.elements.url.value.trim()) return;
    event.preventDefault();
    if (!files.length) return say(form.dataset.nothing);
    const size = files.reduce((sum, file) => sum + file.size + 2 * path(file).length + 100, 0);
    const single = files.length === 1 && READ_AS_THEY_ARE.test(files[0].name);
    if (!single && (size > ZIP_MOST.bytes || files.length > ZIP_MOST.files)) return say(form.dataset.large);
    button.disabled = true;
    say("");
    try {
      files.sort((a, b) => (path(a) < path(b) ? -1 : 1));
      const blob = single ? files[0] : await packed(files, (done, all) => show(done, all, filled(form.dataset.reading, { done, all })));
      const top = path(files[0]).split("/");
      const name = single || files.length === 1 ? files[0].name : top.length > 1 ? top[0] : "pictures.zip";
      const key = "mediadb-upload " + JSON.stringify([form.dataset.uploads, name, files.length, blob.size, files.at(-1).lastModified]);
      const tell = (done, all, again) => {
        const figures = { percent: Math.floor((done / all) * 100), done: megabytes(done), all: megabytes(all) };
        show(done, all, again ? form.dataset.again : filled(form.dataset.sending, figures));
      };
      const id = await send(blob, name, key, form.dataset.uploads, form.elements.csrf_token.value, tell);
      localStorage.removeItem(key);
      for (const one of inputs) one.disabled = true;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "upload", value: id }));
      form.elements.url.value = "";
      if (sent(form, say)) form.submit();
    } catch (error) {
      button.disabled = false;
      place.hidden = true;
      say(error instanceof Refused ? error.message : form.dataset.lost);
    }
  });
}
