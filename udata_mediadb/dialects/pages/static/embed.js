// <mediadb-search library="ID" key="PUBLIC KEY">: search by image on pages of other sites.
// For public libraries. The site's policy needs: script-src and connect-src and img-src of this host.
const here = new URL(import.meta.url);
const base = here.pathname.split("/static/")[0];

const STYLE = `:host { display: block; font: inherit; }
form, article { border: 1px solid currentColor; border-radius: 8px; padding: 1em; margin: 0 0 .8em; }
article { display: flex; gap: 1em; } img { max-width: 8em; max-height: 8em; } h3, p { margin: 0 0 .3em; }
input, button { font: inherit; max-width: 100%; }`;
// Of the site's language, as its lang attribute says; English for others.
const WORDS = {
  en: {
    clone: "The same picture", match: "The same picture, wholly or in part", similar: "Looks alike",
    label: "Is this picture in the library? ", button: "Search", none: "Nothing was found.",
  },
  fr: {
    clone: "La même image", match: "La même image, en tout ou en partie", similar: "Ressemblant",
    label: "Cette image est-elle dans la médiathèque ? ", button: "Rechercher", none: "Rien n’a été trouvé.",
  },
  de: {
    clone: "Das gleiche Bild", match: "Das gleiche Bild, ganz oder teilweise", similar: "Sieht ähnlich aus",
    label: "Ist dieses Bild in der Bibliothek? ", button: "Suchen", none: "Nichts wurde gefunden.",
  },
  lb: {
    clone: "Dat selwecht Bild", match: "Dat selwecht Bild, ganz oder deelweis", similar: "Gesäit änlech aus",
    label: "Ass dëst Bild an der Bibliothéik? ", button: "Sichen", none: "Näischt gouf fonnt.",
  },
};

class MediaDBSearch extends HTMLElement {
  connectedCallback() {
    const language = this.closest("[lang]")?.lang.toLowerCase().split("-")[0];
    this.words = WORDS[language] || WORDS.en;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const form = made("form", {}, [
      made("label", {}, [this.getAttribute("label") || this.words.label, made("input", { type: "file", name: "image", accept: "image/*", required: true })]),
      made("button", { textContent: this.getAttribute("button") || this.words.button }),
    ]);
    const found = made("div", { ariaLive: "polite" });
    root.append(form, found);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search(form, found);
    });
  }

  async search(form, found) {
    const sent = new FormData(form);
    sent.append("application", this.getAttribute("library"));
    found.replaceChildren("…");
    try {
      const api = new URL(this.getAttribute("api") || "/api/1/mediadb/", here.origin);
      const headers = { "api-key": this.getAttribute("key") };
      const answer = await fetch(new URL("search/", api), { method: "POST", body: sent, headers });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.message);
      found.replaceChildren(...(told.data.length ? told.data.map((hit) => this.shown(hit)) : [this.words.none]));
    } catch (error) {
      found.replaceChildren(String(error.message));
    }
  }

  shown(hit) {
    const link = `${here.origin}${base}/${this.getAttribute("library")}/${hit.media.id}`;
    return made("article", {}, [
      made("img", { src: hit.media.thumbnail_url, alt: "" }),
      made("div", {}, [
        made("h3", {}, [made("a", { href: link, textContent: hit.media.name })]),
        made("p", { textContent: this.words[hit.decision] || hit.decision }),
      ]),
    ]);
  }
}

function made(name, properties, children = []) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

customElements.define("mediadb-search", MediaDBSearch);
