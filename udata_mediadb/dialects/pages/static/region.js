// P4: a frame drawn on the picture fills the four fields and looks for that part.
export function start(place) {
  const form = document.getElementById("region");
  const rect = place.querySelector("rect");
  let from = null;
  const at = (event) => {
    const box = place.getBoundingClientRect();
    const share = (value, start, length) => Math.min(100, Math.max(0, ((value - start) / length) * 100));
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  };
  const frame = (to) => ({
    left: Math.min(from[0], to[0]), top: Math.min(from[1], to[1]),
    width: Math.abs(to[0] - from[0]), height: Math.abs(to[1] - from[1]),
  });
  place.addEventListener("dragstart", (event) => event.preventDefault());
  place.addEventListener("pointerdown", (event) => {
    from = at(event);
    place.setPointerCapture(event.pointerId);
  });
  place.addEventListener("pointermove", (event) => {
    if (!from) return;
    const { left, top, width, height } = frame(at(event));
    for (const [name, value] of Object.entries({ x: left, y: top, width, height })) rect.setAttribute(name, value);
  });
  place.addEventListener("pointerup", (event) => {
    if (!from) return;
    const drawn = frame(at(event));
    from = null;
    if (drawn.width < 3 || drawn.height < 3) return;
    for (const [name, value] of Object.entries(drawn)) form.elements[name].value = value.toFixed(1);
    form.requestSubmit();
  });
}
