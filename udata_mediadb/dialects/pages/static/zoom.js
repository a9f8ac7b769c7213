// P2: the picture in full size within its frame, at the place that was clicked; without a script the
// link leads to the file.
export function start(link) {
  const frame = link.closest(".mdb-zoom");
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", "false");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const picture = link.querySelector("img");
    const at = picture.getBoundingClientRect();
    const by = event.detail ? [(event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height] : [0.5, 0.5];
    const large = frame.classList.toggle("mdb-zoomed");
    link.setAttribute("aria-pressed", String(large));
    link.scrollTo(picture.offsetWidth * by[0] - link.clientWidth / 2, picture.offsetHeight * by[1] - link.clientHeight / 2);
  });
  link.addEventListener("keydown", (event) => {
    if (event.key === " " || (event.key === "Escape" && frame.classList.contains("mdb-zoomed"))) {
      event.preventDefault();
      link.click();
    }
  });
}
