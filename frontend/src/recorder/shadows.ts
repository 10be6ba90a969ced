/** The shadow roots of a page, as they are met. */

export class Shadows {
  readonly #met = new Set<ShadowRoot>();
  readonly #watch: (root: ShadowRoot) => void;

  /** `watch` is called once for each root. */
  constructor(watch: (root: ShadowRoot) => void) {
    this.#watch = watch;
  }

  /** Meets the root of an element, if it has one; returns whether that was new. */
  meet(host: Element): boolean {
    const root = host.shadowRoot;
    if (root === null || this.#met.has(root)) return false;
    this.#met.add(root);
    this.#watch(root);
    // Attached by the page's script: rrweb takes it for one attached here.
    host.attachShadow({ mode: "open" });
    return true;
  }

  /** Meets those that no script has attached before our eyes: written in the page, or elsewhere. */
  meetUnder(under: Node, isNew: (root: ShadowRoot) => void): void {
    const waiting = [under];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const found = next.nodeType === Node.ELEMENT_NODE ? [next as Element] : [];
      if ("querySelectorAll" in next) {
        for (const each of (next as ParentNode).querySelectorAll("*")) found.push(each);
      }
      for (const host of found) {
        if (host.shadowRoot === null) continue;
        if (this.meet(host)) isNew(host.shadowRoot);
        waiting.push(host.shadowRoot);
      }
    }
  }

  /** Returns those that stand in the page now. */
  standing(): ShadowRoot[] {
    for (const root of this.#met) if (!root.host.isConnected) this.#met.delete(root);
    return [...this.#met];
  }
}

/** rrweb follows `attachShadow` of its own world: asked again, it returns the root that is there. */
export function lendShadowRoots(): void {
  const native = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (this: Element, given: ShadowRootInit) {
    return this.shadowRoot ?? native.call(this, given);
  };
}
