/** What the agent points at in the replay, as the kiosk can find it again. */
import { isElement, isFrame, isInput, isTextArea, type NodeMap } from "./replay_build.ts";

export interface Pointed {
  readonly id: number;
  readonly element: HTMLElement;
  /** Place inside the element's box, both 0 to 1. */
  readonly x: number;
  readonly y: number;
}

/** Returns the node at a place of the replay's own pixels, through frames and shadow roots. */
export function pointedAt(doc: Document, map: NodeMap, x: number, y: number): Pointed | null {
  let root: Document | ShadowRoot = doc;
  let [px, py] = [x, y];
  let found: Element | null = null;
  for (;;) {
    const element: Element | null = root.elementFromPoint(px, py);
    if (element === null || element === found) break;
    found = element;
    if (isElement(element) && element.shadowRoot !== null) root = element.shadowRoot;
    else if (isFrame(element) && element.contentDocument !== null) {
      [px, py] = into(element, px, py);
      root = element.contentDocument;
    } else break;
  }
  for (let node: Node | null = found; node !== null; node = upward(node)) {
    const id = isElement(node) ? map.id(node) : undefined;
    if (id === undefined || !isElement(node)) continue;
    const box = node.getBoundingClientRect();
    return {
      id,
      element: node,
      x: share(px - box.left, box.width),
      y: share(py - box.top, box.height),
    };
  }
  return null;
}

/** Turns a place of the document around a frame into one of the document in it. */
function into(frame: HTMLElement, x: number, y: number): [number, number] {
  const box = frame.getBoundingClientRect();
  // A frame may be drawn larger or smaller than it is laid out.
  const by = (drawn: number, laid: number) => (drawn > 0 && laid > 0 ? laid / drawn : 1);
  return [
    (x - box.left) * by(box.width, frame.offsetWidth) - frame.clientLeft,
    (y - box.top) * by(box.height, frame.offsetHeight) - frame.clientTop,
  ];
}

/** Returns the field that a click on this element puts the caret into, or null. */
export function fieldOf(element: HTMLElement): HTMLElement | null {
  const label = element.closest("label");
  const own = label === null ? element : (label.control ?? element);
  return isWritten(own) ? own : null;
}

/** Whether text can be typed into it. */
export function isWritten(element: Element | undefined): boolean {
  if (isTextArea(element)) return true;
  if (isInput(element)) return !UNWRITTEN.has(element.type);
  return isElement(element) && element.isContentEditable;
}

/** Whether Enter begins a new line in it. */
export function hasLines(element: Element | undefined): boolean {
  return isTextArea(element) || (isElement(element) && element.isContentEditable);
}

const UNWRITTEN = new Set(["checkbox", "radio", "button", "submit", "reset", "image", "file"]);

/** Returns the box around `from` that would scroll by these pixels; null for the document. */
export function scrollerOf(from: HTMLElement, dx: number, dy: number): HTMLElement | null {
  for (let node: Node | null = from; node !== null; node = upward(node)) {
    if (!isElement(node) || node === node.ownerDocument.documentElement) continue;
    const style = node.ownerDocument.defaultView?.getComputedStyle(node);
    if (style === undefined || node === node.ownerDocument.body) continue;
    const isTall = /auto|scroll/.test(style.overflowY) && node.scrollHeight > node.clientHeight;
    const isWide = /auto|scroll/.test(style.overflowX) && node.scrollWidth > node.clientWidth;
    if (
      (dy !== 0 && isTall && hasRoom(node.scrollTop, dy, node.scrollHeight - node.clientHeight)) ||
      (dx !== 0 && isWide && hasRoom(node.scrollLeft, dx, node.scrollWidth - node.clientWidth))
    ) {
      return node;
    }
  }
  return null;
}

/** Selects the text between two places, so that the agent can copy it. */
export function selectBetween(
  doc: Document,
  from: { x: number; y: number },
  to: { x: number; y: number },
): void {
  const start = doc.caretRangeFromPoint(from.x, from.y);
  const end = doc.caretRangeFromPoint(to.x, to.y);
  if (start === null || end === null) return;
  doc
    .getSelection()
    ?.setBaseAndExtent(
      start.startContainer,
      start.startOffset,
      end.startContainer,
      end.startOffset,
    );
}

function hasRoom(at: number, by: number, most: number): boolean {
  return by > 0 ? at < most - 1 : at > 0;
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0.5 : Math.min(1, Math.max(0, part / whole));
}

function upward(node: Node): Node | null {
  if (node.parentNode?.nodeType === 11) return (node.parentNode as ShadowRoot).host ?? null;
  if (node.parentNode?.nodeType === 9) return node.ownerDocument?.defaultView?.frameElement ?? null;
  return node.parentNode;
}
