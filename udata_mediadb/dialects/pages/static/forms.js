// What was typed is not lost where a form is refused or the session has ended, and none is sent twice.
const KEY = "mediadb-typed";
const AGAIN_MS = 20000; // until then a second click is the same click
const OTHER = ["hidden", "password", "file", "submit", "button"];

const head = document.querySelector(".mdb-head");
const mine = (form) => [...form.elements].filter((one) => one.name && !OTHER.includes(one.type));
const ticked = (one) => one.type === "checkbox" || one.type === "radio";
const valueOf = (one) => (ticked(one) ? one.checked : one.value);
const before = (one) => {
  if (ticked(one)) return one.defaultChecked;
  if (!one.options) return one.defaultValue;
  return ([...one.options].find((option) => option.defaultSelected) || one.options[0])?.value;
};
// A form on its page: where it goes, and what it asks for first.
const named = (form) => (form.getAttribute("action") || location.pathname) + " " + mine(form).slice(0, 3).map((one) => one.name);
const place = (one, form) => (ticked(one) ? [one.name, one.value] : [one.name, mine(form).filter((other) => other.name === one.name).indexOf(one)]);

const touched = (form) => mine(form).filter((one) => valueOf(one) !== before(one));

// Whether somebody has typed something on this page that would be lost.
export const typed = () =>
  [...document.querySelectorAll("main form[method=post]")].some((form) => touched(form).some((one) => !ticked(one)));

function kept(draft) {
  try {
    if (draft !== undefined) draft ? sessionStorage.setItem(KEY, JSON.stringify(draft)) : sessionStorage.removeItem(KEY);
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null; // full, or switched off
  }
}

// A form is on its way: false where it already was.
export function sent(form, say) {
  if (Date.now() - (Number(form.dataset.sent) || 0) < AGAIN_MS) return false;
  form.dataset.sent = Date.now();
  if (form.querySelector("[type=password]")) return true; // who signs in again goes on with what was kept
  const fields = touched(form).map((one) => [...place(one, form), valueOf(one), before(one)]);
  kept({ page: location.pathname + location.search, who: head?.dataset.who, form: named(form), fields });
  if (head) setTimeout(() => say(head.dataset.busy), 700);
  return true;
}

function bring(form, fields) {
  for (const [name, at, value, was] of fields) {
    const those = mine(form).filter((one) => one.name === name);
    const one = typeof at === "number" ? those[at] : those.find((other) => other.value === at);
    if (!one) continue;
    if (typeof value === "string" && before(one) !== was && before(one) !== value && !one.options)
      one.after(Object.assign(document.createElement("small"), { className: "mdb-meanwhile", textContent: head.dataset.meanwhile.replace("%(text)s", () => before(one)) }));
    if (ticked(one)) one.checked = value;
    else one.value = value;
    for (let box = one.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function again(say) {
  const draft = kept();
  if (!draft) return;
  const refused = document.querySelector("[data-refused]");
  if (refused) {
    kept({ ...draft, refused: true });
    if (!draft.fields.length) return;
    refused.hidden = false;
    const way = refused.querySelector("a");
    if (way) Object.assign(way, { href: draft.page, textContent: way.dataset.typed });
  } else if (!draft.refused) {
    kept(null);
  } else if (draft.who === head?.dataset.who && draft.page.split("?")[0] === location.pathname) {
    const form = [...document.forms].find((one) => named(one) === draft.form);
    if (!form) return;
    kept(null);
    bring(form, draft.fields);
    if (draft.fields.length) say(head.dataset.again);
  }
}

export function watch(say) {
  document.addEventListener("submit", (event) => {
    const by = event.submitter?.getAttribute("formmethod") || event.target.getAttribute("method");
    if (!event.defaultPrevented && by === "post" && !sent(event.target, say)) event.preventDefault();
  });
  // back to a page that the browser kept as it was
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) delete form.dataset.sent;
  });
  again(say);
}
