/**
 * Frames that this document may not look into: each has a recorder of its own, and the daemon puts
 * its picture where this document's frame element stands.
 */

type Json = Record<string, unknown>;

const FRAMES = new Set(["IFRAME", "FRAME", "OBJECT", "EMBED", "FENCEDFRAME"]);

/** True in a document that no other recorder looks into. Chromium's own error pages are none. */
export function isOnItsOwn(view: Window): boolean {
  return view.frameElement === null && view.location.protocol !== "chrome-error:";
}

/** The document inside a frame, when this one may look into it. */
export function contentOf(element: Element | null): Document | null {
  if (element === null || !("contentDocument" in element)) return null;
  return element.contentDocument as Document | null;
}

/** A frame of another origin: what has the focus in it cannot be known here. */
export function isClosed(element: Element): boolean {
  return FRAMES.has(element.nodeName) && contentOf(element) === null;
}

/** Returns the frame elements in these documents and shadow roots that are closed. */
export function closedIn(roots: readonly ParentNode[]): Element[] {
  return roots.flatMap((root) =>
    [...root.querySelectorAll("iframe,frame,object")].filter(isClosed),
  );
}

/** Returns the ids of the frame elements among nodes that were added (rrweb's `adds`, shifted). */
export function framesAmong(adds: readonly Json[]): number[] {
  const found: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const { tagName, id, childNodes } = value as Json;
    if (tagName === "iframe" || tagName === "frame") found.push(id as number);
    if (Array.isArray(childNodes)) childNodes.forEach(visit);
  };
  for (const each of adds) visit(each.node);
  return found;
}

/** Tells the daemon what is for itself alone and goes to no agent. */
export function tellDaemon(word: Json): void {
  globalThis.cordeeMirror?.(`!${JSON.stringify(word)}\n`);
}
