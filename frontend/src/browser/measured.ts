/** What both sides, recorder and replay, measure of a node for the check of the mirror. */
import { type SampledNode, textHash } from "../core/fidelity.ts";

/** Fields show what is typed and not their text; boxes of these are not those of the page. */
const TEXTLESS = new Set(["INPUT", "TEXTAREA", "SELECT", "OPTION", "STYLE", "SCRIPT", "TITLE"]);

/** Measures a node in its own window. `maskOf` is null for a text that is not to be compared. */
export function measured(
  id: number,
  element: Element,
  maskOf: (text: string) => string | null,
): SampledNode {
  const box = element.getBoundingClientRect();
  const [scrolledX, scrolledY] = scrolled(element);
  return {
    id,
    text: TEXTLESS.has(element.nodeName.toUpperCase()) ? 0 : ownText(element, maskOf),
    x: Math.round(box.x + scrolledX),
    y: Math.round(box.y + scrolledY),
    width: Math.round(box.width),
    height: Math.round(box.height),
    scrolledX: Math.round(scrolledX),
    scrolledY: Math.round(scrolledY),
  };
}

function ownText(element: Element, maskOf: (text: string) => string | null): number {
  let all = "";
  for (const child of element.childNodes) {
    if (child.nodeType !== 3) continue;
    const text = maskOf((child as Text).data);
    if (text === null) return 0;
    all += text;
  }
  return textHash(all);
}

/** Sums up how far everything around the element is scrolled. */
function scrolled(element: Element): [number, number] {
  const view = element.ownerDocument.defaultView;
  let [left, top] = [view?.scrollX ?? 0, view?.scrollY ?? 0];
  const root = element.ownerDocument.scrollingElement;
  for (let up = parentOf(element); up !== null; up = parentOf(up)) {
    if (up === root) continue;
    left += up.scrollLeft;
    top += up.scrollTop;
  }
  return [left, top];
}

function parentOf(element: Element): Element | null {
  if (element.parentElement !== null) return element.parentElement;
  const root = element.getRootNode();
  return "host" in root ? (root as ShadowRoot).host : null;
}
