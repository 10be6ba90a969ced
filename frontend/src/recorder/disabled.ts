/** Style sheets that the page's script has switched off: their elements do not say so. */

import type { Line } from "./lines.ts";
import { nameOf } from "./names.ts";

const SHEETS = "style,link[rel~=stylesheet i]";

export class Disabled {
  #off = new WeakSet<Element>();
  readonly #idOf: (node: Node) => number;
  readonly #put: (line: Line) => void;

  constructor(idOf: (node: Node) => number, put: (line: Line) => void) {
    this.#idOf = idOf;
    this.#put = put;
  }

  /** What is under `root` has just been sent, every sheet as if it counted. */
  learn(root: Node): void {
    for (const each of sheetsIn(root)) this.#off.delete(each);
    this.check(root);
  }

  /** Tells the sheets under `root` that count otherwise than was told. */
  check(root: Node): void {
    for (const each of sheetsIn(root)) {
      const isOff = each.sheet?.disabled === true;
      if (isOff === this.#off.has(each)) continue;
      const id = this.#idOf(each);
      if (id === 0) continue;
      if (isOff) this.#off.add(each);
      else this.#off.delete(each);
      this.#put({ t: "disabled", id, off: isOff });
    }
  }
}

type Sheeted = Element & { readonly sheet: CSSStyleSheet | null };

function sheetsIn(root: Node): Sheeted[] {
  const found = isSheeted(root) ? [root] : [];
  if ("querySelectorAll" in root) {
    found.push(...(root as ParentNode).querySelectorAll<Sheeted>(SHEETS));
  }
  return found;
}

function isSheeted(node: Node): node is Sheeted {
  return (nameOf(node) === "style" || nameOf(node) === "link") && "sheet" in node;
}
