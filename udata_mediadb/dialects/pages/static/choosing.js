// P1: how many are chosen; with Shift all between two; Space on a picture chooses it, arrows go on.
export function start(place) {
  const boxes = [...document.querySelectorAll(".mdb-pick input")];
  const show = () => {
    const count = boxes.filter((one) => one.checked).length;
    place.textContent = count ? "· " + place.dataset.chosen.replace("%(n)s", count) : "";
  };
  let last = null;
  for (const box of boxes)
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
        for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
      }
      last = box;
      show();
    });
  const links = [...document.querySelectorAll(".mdb-grid a")];
  document.querySelector(".mdb-grid")?.addEventListener("keydown", (event) => {
    const at = links.indexOf(event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0) return;
    if (step) links[at + step]?.focus();
    else if (event.key === " ") boxes[at]?.click();
    else return;
    event.preventDefault();
  });
  // closed it stays in sight, open it has its place behind the list
  const details = place.closest("details");
  details.addEventListener("toggle", () => details.open && details.scrollIntoView({ block: "end" }));
  show();
}
