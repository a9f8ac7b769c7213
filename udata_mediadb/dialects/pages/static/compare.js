// P5: the stored picture laid over the asked one by the homography of the proof.
export function start(place) {
  const stage = place.querySelector(".mdb-stage");
  const under = stage.querySelector(".mdb-under");
  const veil = stage.querySelector(".mdb-veil");
  const over = veil.querySelector("img");
  const h = stage.dataset.homography.split(" ").map(Number);

  // From fractions of the stored picture to fractions of the asked one, in pixels of the stage.
  const lay = () => {
    const { clientWidth: w, clientHeight: t } = under;
    const [a, b, c, d, e, f, g, i, k] = h;
    const m = [a, (b * w) / t, c * w, (d * t) / w, e, f * t, g / w, i / t, k];
    over.style.transform = `matrix3d(${[m[0], m[3], 0, m[6], m[1], m[4], 0, m[7], 0, 0, 1, 0, m[2], m[5], 0, m[8]]})`;
  };
  new ResizeObserver(lay).observe(under);
  under.addEventListener("load", lay);
  lay();

  const slide = place.querySelector("#slide");
  if (slide) {
    const cut = () => (veil.style.clipPath = `inset(0 0 0 ${slide.value}%)`);
    slide.addEventListener("input", cut);
    cut();
  }
  const blink = place.querySelector("#blink");
  if (blink) {
    const show = (on) => {
      veil.hidden = !on;
      blink.setAttribute("aria-pressed", String(on));
    };
    blink.addEventListener("click", () => show(veil.hidden));
    stage.addEventListener("click", () => show(veil.hidden));
    show(false);
  }
}
