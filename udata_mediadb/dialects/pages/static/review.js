// P7: groups decided with one key each; the group in focus, else the first.
export function start(place) {
  const groups = [...place.querySelectorAll(".mdb-group")];
  const current = () => groups.find((one) => one.contains(document.activeElement)) || groups[0];
  const go = (group) => group?.querySelector("h2").focus();
  if (groups.length && !document.activeElement?.closest("main")) go(groups[0]);
  document.addEventListener("mdb-key", ({ detail: key }) => {
    if (key === "z") return document.querySelector('[data-key="z"]')?.click();
    if (key === " " || key === "j") return go(groups[groups.indexOf(current()) + 1]);
    return current()?.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
  });
}
