/**
 * Samples of what stands in view, for the agent's side to compare with its replay. They cost the
 * page a few milliseconds whatever its size: so many points are looked at and no more.
 */
import { measured } from "../browser/measured.ts";
import type { SampledNode } from "../core/fidelity.ts";
import { withoutSecrets } from "./blind.ts";
import type { Line } from "./lines.ts";

const POINTS = 16;
const NEW_POINTS_MS = 10_000;
const ANIMATIONS_MOST = 200;
/** Steps that fill a plane evenly however many are made (the plastic number's powers). */
const STEP_X = 0.7548776662;
const STEP_Y = 0.5698402909;

export class Samples {
  #from = 0;
  #movedAt = 0;
  #told = "";
  #toldAt = 0;
  readonly #idOf: (node: Node) => number;

  constructor(idOf: (node: Node) => number) {
    this.#idOf = idOf;
  }

  /** Returns a line, or null when `toldLines` lines ago the same was said of the same page. */
  line(toldLines: number): Line | null {
    const now = performance.now();
    if (now - this.#movedAt > NEW_POINTS_MS) {
      this.#movedAt = now;
      this.#from += POINTS;
    }
    const nodes = this.#nodes();
    const said = JSON.stringify(nodes);
    if (said === this.#told && toldLines === this.#toldAt) return null;
    this.#told = said;
    this.#toldAt = toldLines;
    return { t: "sample", nodes };
  }

  #nodes(): number[][] {
    const moving = movingIn(document);
    const found = new Map<number, SampledNode>();
    for (let at = this.#from; at < this.#from + POINTS; at++) {
      const x = ((at * STEP_X) % 1) * innerWidth;
      const y = ((at * STEP_Y) % 1) * innerHeight;
      const element = elementAt(x, y);
      if (element === null || moving.some((each) => each.contains(element))) continue;
      const id = this.#idOf(element);
      if (id !== 0 && !found.has(id)) found.set(id, measured(id, element, comparable));
    }
    return [...found.values()].map(({ id, text, x, y, width, height, scrolledX, scrolledY }) => [
      id,
      text,
      x,
      y,
      width,
      height,
      scrolledX,
      scrolledY,
    ]);
  }
}

/** A text in which a secret stands was perhaps told before that was one: it is left out. */
function comparable(text: string): string | null {
  return withoutSecrets(text) === text ? text : null;
}

function elementAt(x: number, y: number): Element | null {
  let root: Document | ShadowRoot = document;
  let [px, py] = [x, y];
  let found: Element | null = null;
  for (;;) {
    const element: Element | null = root.elementFromPoint(px, py);
    if (element === null || element === found) return found;
    found = element;
    if (element.shadowRoot !== null) root = element.shadowRoot;
    else {
      const inner = contentOf(element);
      if (inner === null) return found;
      const box = element.getBoundingClientRect();
      px -= box.left + element.clientLeft;
      py -= box.top + element.clientTop;
      root = inner;
    }
  }
}

function contentOf(element: Element): Document | null {
  return "contentDocument" in element ? (element.contentDocument as Document | null) : null;
}

/** What is being animated lies elsewhere by the time that it is compared. */
function movingIn(doc: Document): Element[] {
  return doc
    .getAnimations()
    .slice(0, ANIMATIONS_MOST)
    .flatMap(({ effect, playState }) => {
      const target =
        playState === "running" && effect !== null ? (effect as KeyframeEffect).target : null;
      return target === null ? [] : [target];
    });
}
