// How far a job is, anew each two seconds; read out less often; the whole page when its state changes.
const EVERY_MS = 2000;
const HEARD_EVERY = 8;

export function start(place) {
  const heard = document.getElementById("heard");
  let turn = 0;
  const look = async () => {
    if (!document.hidden) {
      const answer = await fetch(location.href).catch(() => null);
      const fresh = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("progress");
      // whoever has chosen something on this page keeps it
      const chosen = [...document.querySelectorAll("[data-review] input")].some((one) => one.checked !== one.defaultChecked);
      if (answer?.ok && fresh?.dataset.job !== place.dataset.job && !chosen) return location.reload();
      if (fresh) {
        const [bar, now] = [place.querySelector("progress"), fresh.querySelector("progress")];
        for (const name of ["max", "value"]) if (now.hasAttribute(name)) bar.setAttribute(name, now.getAttribute(name));
        place.querySelector("span").textContent = fresh.textContent.trim();
        if (turn++ % HEARD_EVERY === 0 && heard) heard.textContent = fresh.textContent.trim();
      }
    }
    setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);
}
