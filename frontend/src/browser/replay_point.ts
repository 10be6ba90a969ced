/** What the agent points at in the replay, as the kiosk can find it again. */
import {
  isElement,
  isFileField,
  isFrame,
  isInput,
  isTextArea,
  type NodeMap,
} from "./replay_build.ts";

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

/** Returns the box of an element in `doc` or a frame of it, in the pixels of `doc`. */
export function boxInPage(
  doc: Document,
  element: HTMLElement,
): { left: number; bottom: number; width: number } {
  let { left, bottom, width } = element.getBoundingClientRect();
  let frame: Element | null = element;
  while (frame.ownerDocument !== doc) {
    frame = frame.ownerDocument.defaultView?.frameElement ?? null;
    if (!isElement(frame)) break;
    const box = frame.getBoundingClientRect();
    const wide = frame.offsetWidth > 0 ? box.width / frame.offsetWidth : 1;
    const tall = frame.offsetHeight > 0 ? box.height / frame.offsetHeight : 1;
    left = box.left + (left + frame.clientLeft) * wide;
    bottom = box.top + (bottom + frame.clientTop) * tall;
    width *= wide;
  }
  return { left, bottom, width };
}

/** Returns the field that a click on this element puts the caret into, or null. */
export function fieldOf(element: HTMLElement): HTMLElement | null {
  const label = element.closest("label");
  const own = label === null ? element : (label.control ?? element);
  return isWritten(own) ? own : null;
}

/** Returns the file field that this is, or whose label this is; null for anything else. */
export function fileFieldAt(element: HTMLElement): HTMLInputElement | null {
  const own = element.closest("label")?.control ?? element;
  return isFileField(own) && !own.disabled ? own : null;
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

/**
 * Returns the box around `from` that would scroll by these pixels, a frame's document by its
 * scrolling element; null for the document `doc` itself.
 */
export function scrollerOf(
  doc: Document,
  from: HTMLElement,
  dx: number,
  dy: number,
): HTMLElement | null {
  for (let node: Node | null = from; node !== null; node = upward(node)) {
    if (!isElement(node)) continue;
    const { documentElement, body, scrollingElement, defaultView } = node.ownerDocument;
    if (node === documentElement) {
      const inner = node.ownerDocument === doc ? null : scrollingElement;
      if (isElement(inner) && moves(inner, dx, dy, "auto", "auto")) return inner;
      continue;
    }
    const style = defaultView?.getComputedStyle(node);
    if (style === undefined || node === body) continue;
    if (moves(node, dx, dy, style.overflowX, style.overflowY)) return node;
  }
  return null;
}

/** The number by which the kiosk scrolls this box: a frame's document has one of its own. */
export function scrolledAs(box: HTMLElement, map: NodeMap): number {
  const isWhole = box === box.ownerDocument.scrollingElement;
  return map.id(isWhole ? box.ownerDocument : box) ?? 0;
}

function moves(box: HTMLElement, dx: number, dy: number, wide: string, tall: string): boolean {
  const isTall = /auto|scroll/.test(tall) && box.scrollHeight > box.clientHeight;
  const isWide = /auto|scroll/.test(wide) && box.scrollWidth > box.clientWidth;
  return (
    (dy !== 0 && isTall && hasRoom(box.scrollTop, dy, box.scrollHeight - box.clientHeight)) ||
    (dx !== 0 && isWide && hasRoom(box.scrollLeft, dx, box.scrollWidth - box.clientWidth))
  );
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
