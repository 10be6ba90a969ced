/** Marks the nodes of the replay that the kiosk's page shows as pointed at, focused or led to. */
import { MARKS } from "../core/replay_states.ts";
import { isElement, type NodeMap } from "./replay_build.ts";

type State = keyof typeof MARKS;

export class ReplayStates {
  readonly #map: NodeMap;
  readonly #marked = new Map<State, Element[]>();

  constructor(map: NodeMap) {
    this.#map = map;
  }

  /** The node has the focus, shown by a ring or not; 0 when none has. */
  focus(id: number, hasRing: boolean): void {
    const node = this.#map.node(id);
    const isPage = isElement(node) && (node.localName === "body" || node.localName === "html");
    const shown = isElement(node) && !isPage ? node : null;
    this.#mark("focus", shown === null ? [] : [shown]);
    this.#mark("focus-visible", shown === null || !hasRing ? [] : [shown]);
    this.#mark("focus-within", upward(shown));
  }

  /** The node is pointed at, which counts for all around it, or led to; 0 when none is. */
  set(state: "hover" | "target", id: number): void {
    const node = this.#map.node(id);
    const shown = isElement(node) ? node : null;
    this.#mark(state, state === "hover" ? upward(shown) : shown === null ? [] : [shown]);
  }

  clear(): void {
    this.#marked.clear();
  }

  #mark(state: State, now: Element[]): void {
    const name = MARKS[state];
    for (const each of this.#marked.get(state) ?? []) {
      if (!now.includes(each)) each.removeAttribute(name);
    }
    for (const each of now) each.setAttribute(name, "");
    this.#marked.set(state, now);
  }
}

/** The element and all that it stands in, out of shadow roots too. */
function upward(from: Element | null): Element[] {
  const found: Element[] = [];
  for (let node: Node | null = from; node !== null; node = outer(node)) {
    if (isElement(node)) found.push(node);
  }
  return found;
}

function outer(node: Node): Node | null {
  return node.parentNode?.nodeType === 11 ? (node.parentNode as ShadowRoot).host : node.parentNode;
}
