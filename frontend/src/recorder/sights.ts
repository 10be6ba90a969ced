/**
 * What the page shows without any attribute saying so: what is pointed at, what the address leads
 * to, and what stands in the layer above the page.
 */

import { heededAt } from "./hovers.ts";
import type { Line } from "./lines.ts";
import { isElement } from "./names.ts";

const HOVER_APART_MS = 50;
const ABOVE = ":popover-open, dialog:modal";

export class Sights {
  #pointed: Element | null = null;
  #told = 0;
  #target = 0;
  #timer = 0;
  readonly #idOf: (node: Node) => number;
  readonly #put: (line: Line) => void;

  constructor(idOf: (node: Node) => number, put: (line: Line) => void) {
    this.#idOf = idOf;
    this.#put = put;
  }

  /** Listens to a document or a shadow root; `isOn` says whether anything is told. */
  watch(root: Document | ShadowRoot, isOn: () => boolean): void {
    root.addEventListener("toggle", ({ target }) => isOn() && this.#tellLayer(target), true);
    if ("host" in root) return;
    const point = (element: EventTarget | null | undefined): void => {
      this.#pointed = isElement(element) ? element : null;
      this.#timer ||= window.setTimeout(() => {
        this.#timer = 0;
        if (isOn()) this.#tellPointed();
      }, HOVER_APART_MS);
    };
    root.addEventListener("mouseover", (event) => point(event.composedPath()[0]), true);
    root.addEventListener("mouseout", (event) => event.relatedTarget ?? point(null), true);
    const view = root.defaultView;
    view?.addEventListener("hashchange", () => isOn() && this.#tellTarget(root), true);
  }

  /** A picture of the whole page has been sent: tells what it does not show. */
  baseline(roots: Iterable<Document | ShadowRoot>): void {
    this.#told = this.#target = 0;
    this.#tellPointed();
    for (const root of roots) {
      this.learn(root);
      if (!("host" in root)) this.#tellTarget(root);
    }
  }

  /** What is under `root` has just been sent. */
  learn(root: Node): void {
    if (isElement(root) && root.matches(ABOVE)) this.#tellLayer(root);
    if (!("querySelectorAll" in root)) return;
    for (const each of (root as ParentNode).querySelectorAll(ABOVE)) this.#tellLayer(each);
  }

  #tellLayer(element: EventTarget | null): void {
    const id = isElement(element) ? this.#idOf(element) : 0;
    if (id === 0 || !isElement(element)) return;
    if (element.localName !== "dialog" && !element.hasAttribute("popover")) return;
    const isModal = element.matches("dialog:modal");
    const layer = isModal ? "modal" : element.matches(":popover-open") ? "popover" : "none";
    // A dialog that was only open is told by its attribute.
    if (layer === "none" && element.matches("dialog[open]")) return;
    this.#put({ t: "layer", id, layer });
  }

  #tellPointed(): void {
    const pointed = this.#pointed;
    const heeded = pointed?.isConnected && pointed.matches(":hover") ? heededAt(pointed) : null;
    const id = heeded === null ? 0 : this.#idOf(heeded);
    if (id === this.#told) return;
    this.#told = id;
    this.#put({ t: "hover", id });
  }

  #tellTarget(doc: Document): void {
    const target = doc.querySelector(":target");
    const id = target === null ? 0 : this.#idOf(target);
    if (id === this.#target) return;
    this.#target = id;
    this.#put({ t: "target", id });
  }
}
