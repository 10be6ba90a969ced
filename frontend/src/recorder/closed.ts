/**
 * Shadow roots that the page has closed to other scripts. What stands in them is seen by everybody
 * who looks at the screen, and a secret field in one has to be known as such; `hook.ts` hands
 * them over, as nothing in this world could find them.
 */

const roots = new WeakMap<Element, ShadowRoot>();

/** Lets `shadowRoot` find them too, in this isolated world only: rrweb and all else here ask it. */
export function lendClosedRoots(): void {
  const found = Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot");
  const native = found?.get;
  if (native === undefined) return;
  Object.defineProperty(Element.prototype, "shadowRoot", {
    ...found,
    get(this: Element) {
      return native.call(this) ?? roots.get(this) ?? null;
    },
  });
  // rrweb would take its accessors from a frame that it makes in the page, where the page sees it.
  // No page can spoil those of this world: without a frame rrweb takes them.
  const create = document.createElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    if (name === "iframe") throw new Error("The recorder makes no frames.");
    return create.call(document, name, options);
  }) as typeof document.createElement;
}

/**
 * Returns the host of the closed root that a hint carries, or null. The page may forge the hint:
 * it only gives away what it has itself.
 */
export function hostOfClosed(event: Event): Element | null {
  const sender = "submitter" in event ? (event as SubmitEvent).submitter : null;
  const root: Node | undefined = sender?.getRootNode();
  if (root === undefined || !("host" in root) || !("mode" in root)) return null;
  const { host } = root as ShadowRoot;
  roots.set(host, root as ShadowRoot);
  return host;
}
