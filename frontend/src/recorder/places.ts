/** What the daemon asks of a node at the moment of a verb. Every answer has a `code`. */

import { isBlind, isInput } from "./blind.ts";
import { isField } from "./fields.ts";
import { contentOf, isClosed } from "./frames.ts";
import { nameOf } from "./names.ts";

export interface Answer {
  readonly code:
    | "done"
    | "gone"
    | "covered"
    | "hidden"
    | "blind"
    | "bad_request"
    | "frame"
    | "opens"
    | "closed_field"
    | "no_file_field"
    | "elsewhere"
    | "struck";
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly id?: number;
}

const DONE: Answer = { code: "done" };
const GONE: Answer = { code: "gone" };
const BAD: Answer = { code: "bad_request" };

/** Brings the node into view and returns where to click, in CSS pixels of the recorded page. */
export function place(node: Node | null, x: number, y: number): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  let point = pointIn(element.getBoundingClientRect(), x, y);
  if (!isInView(element, point)) {
    element.scrollIntoView({ behavior: "instant", block: "center", inline: "nearest" });
    point = pointIn(element.getBoundingClientRect(), x, y);
  }
  const box = element.getBoundingClientRect();
  if (box.width === 0 && box.height === 0) return GONE;
  // A link over two lines has a box with corners that are not the link.
  const points = [
    point,
    ...Array.from(element.getClientRects(), (each) => pointIn(each, 0.5, 0.5)),
  ];
  for (const each of points) {
    if (!isHit(element, each) || !isSeen(element, each)) continue;
    const [left, top] = frameOffset(element);
    return { code: "done", x: each.x + left, y: each.y + top };
  }
  return { code: "covered" };
}

/** Returns where the mouse would rest on the node, when it is in sight; nothing scrolls for that. */
export function restAt(node: Node | null, x: number, y: number): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  const point = pointIn(element.getBoundingClientRect(), x, y);
  if (!isHit(element, point)) return { code: "covered" };
  const [left, top] = frameOffset(element);
  return { code: "done", x: point.x + left, y: point.y + top };
}

/** Scrolls the node into view, through the frames above this page too. */
export function reveal(node: Node | null): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  element.scrollIntoView({ behavior: "instant", block: "center", inline: "center" });
  return DONE;
}

/** Whether a click at this place of the recorded page falls into that frame, and nothing above. */
export function over(node: Node | null, x: number, y: number): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return { code: "covered" };
  const [left, top] = frameOffset(element);
  const point = { x: x - left, y: y - top };
  const isFree = rootOf(element).elementFromPoint(point.x, point.y) === element;
  return isFree && isSeen(element, point) ? DONE : { code: "covered" };
}

/** Turns a place in the window of a frame into one of the recorded page. */
export function inPage(view: Window, x: number, y: number): Point {
  let place = { x, y };
  for (const frame of framesAround(view)) {
    const [left, top] = outOf(frame, place.x, place.y);
    place = { x: left, y: top };
  }
  return place;
}

/** How large this page is laid out, in CSS pixels. */
export function size(): Answer {
  return { code: "done", width: innerWidth, height: innerHeight };
}

/** Returns the top page's CSS pixels at these shares of its window, where something is. */
export function point(x: number, y: number): Answer {
  const inside = (share: number, size: number) => Math.min(Math.max(share * size, 0), size - 1);
  const [left, top] = [inside(x, innerWidth), inside(y, innerHeight)];
  if (document.elementFromPoint(left, top) === null) return GONE;
  return { code: "done", x: left, y: top };
}

/** Gives the node the focus unless it has it. Refuses secrets. */
export function focusForText(node: Node | null): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  if (isBlind(element) || isClosed(element)) return { code: "blind" };
  if (!hasFocus(element)) {
    if (!("focus" in element)) return BAD;
    (element as HTMLElement).focus();
  }
  return hasFocus(element) && isTyping(element) ? DONE : BAD;
}

/** Sets a date, time, colour or slider, where text at a caret does not exist. */
export function setWhole(node: Node | null, text: string): Answer | null {
  const element = elementOf(node);
  if (element === null || !isInput(element) || !WHOLE.has(element.type)) return null;
  if (isBlind(element)) return { code: "blind" };
  element.focus();
  element.value = text;
  if (element.value !== text) return BAD;
  tell(element);
  return DONE;
}

/** Answers `struck` for a list or a date: seen as a picture, it is filled by its own keys. */
export function whetherStruck(element: Element | null): Answer | null {
  if (element === null || isBlind(element)) return null;
  const isStruck = element.nodeName === "SELECT" || (isInput(element) && WHOLE.has(element.type));
  return isStruck ? { code: "struck" } : null;
}

/**
 * What the keys go to: a field, a secret (`blind`), or the frame `id` that has its own recorder. In
 * a frame they may go `elsewhere`: its document keeps its active element.
 */
export function active(idOf: (node: Node) => number): Answer {
  if (window !== window.top && !document.hasFocus()) return { code: "elsewhere" };
  const found = deepActive();
  if (isBlind(found)) return { code: "blind" };
  return found !== null && isClosed(found) ? { code: "frame", id: idOf(found) } : DONE;
}

/** Where the keys go: inside shadow roots and the frames that can be looked into. */
export function deepActive(): Element | null {
  let active = document.activeElement;
  for (;;) {
    const inner: Element | null | undefined =
      active?.shadowRoot?.activeElement ?? contentOf(active)?.activeElement;
    if (!inner) return active;
    active = inner;
  }
}

export function choose(node: Node | null, values: readonly string[]): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  if (isInput(element)) return setWhole(element, values[0] ?? "") ?? BAD;
  if (nameOf(element) !== "select") return BAD;
  const select = element as HTMLSelectElement;
  const wanted = new Set(values);
  const found = Array.from(select.options).filter((each) => wanted.has(each.value));
  if (found.length < wanted.size || (!select.multiple && wanted.size !== 1)) return BAD;
  if (select.disabled || found.some((each) => each.disabled)) return BAD;
  select.focus();
  if (select.multiple) for (const each of select.options) each.selected = wanted.has(each.value);
  else select.value = values[0] ?? "";
  tell(select);
  return DONE;
}

export function tick(node: Node | null, checked: boolean): Answer {
  const element = elementOf(node);
  if (element === null) return GONE;
  if (!isInput(element) || !["checkbox", "radio"].includes(element.type)) return BAD;
  if (element.checked === checked) return DONE;
  if (element.disabled || (element.type === "radio" && !checked)) return BAD;
  element.focus();
  element.click();
  return DONE;
}

export function scroll(node: Node | null, top: number, left: number): Answer {
  const element = node === null ? document.scrollingElement : elementOf(node);
  if (element === null) return GONE;
  element.scrollTo({ top, left, behavior: "instant" });
  return DONE;
}

const WHOLE = new Set(["date", "time", "datetime-local", "month", "week", "color", "range"]);
const NO_TEXT = new Set([
  ...WHOLE,
  "checkbox",
  "radio",
  "button",
  "submit",
  "reset",
  "image",
  "file",
]);

function elementOf(node: Node | null): Element | null {
  if (node === null || !node.isConnected) return null;
  if (node.nodeType === Node.DOCUMENT_NODE) return (node as Document).scrollingElement;
  return node.nodeType === Node.ELEMENT_NODE ? (node as Element) : node.parentElement;
}

function tell(element: Element): void {
  element.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

function hasFocus(element: Element): boolean {
  const active = deepActive();
  // A frame's own document may have an active element while the keys go elsewhere.
  return active === element || (isEditable(element) && active?.contains(element) === true);
}

function isTyping(element: Element): boolean {
  if (isInput(element)) return !NO_TEXT.has(element.type) && !element.readOnly && !element.disabled;
  if (isField(element) && nameOf(element) === "textarea") {
    return !(element as HTMLTextAreaElement).readOnly;
  }
  return isEditable(element);
}

function isEditable(element: Element): boolean {
  return "isContentEditable" in element && element.isContentEditable === true;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function pointIn(box: DOMRect, x: number, y: number): Point {
  const inside = (share: number) => Math.min(Math.max(share, 0.01), 0.99);
  return { x: box.left + box.width * inside(x), y: box.top + box.height * inside(y) };
}

function isInView(element: Element, point: Point): boolean {
  const [left, top] = frameOffset(element);
  const x = point.x + left;
  const y = point.y + top;
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
  // Inside the window, yet perhaps scrolled out of a box of its own.
  const hit = element.ownerDocument.elementFromPoint(point.x, point.y);
  return hit === null || isRelated(element, hit) || !hasScroller(element);
}

function hasScroller(element: Element): boolean {
  for (let up = element.parentElement; up !== null; up = up.parentElement) {
    if (up.scrollHeight > up.clientHeight + 1 && up !== document.scrollingElement) return true;
  }
  return false;
}

function isHit(element: Element, point: Point): boolean {
  const hit = rootOf(element).elementFromPoint(point.x, point.y);
  return hit !== null && isRelated(element, hit);
}

/** Whether nothing lies above the frames that the element stands in, at this place of its own. */
function isSeen(element: Element, point: Point): boolean {
  let { x, y } = point;
  for (const frame of framesAbove(element)) {
    [x, y] = outOf(frame, x, y);
    if (rootOf(frame).elementFromPoint(x, y) !== frame) return false;
  }
  return true;
}

function rootOf(element: Element): DocumentOrShadowRoot {
  const root = element.getRootNode();
  return isShadowRoot(root) ? root : element.ownerDocument;
}

function isRelated(element: Element, hit: Element): boolean {
  if (element.contains(hit) || hit.contains(element)) return true;
  if (element.shadowRoot?.contains(hit)) return true;
  const label = hit.closest("label");
  if (label !== null && label.control === element) return true;
  return element.closest("label")?.contains(hit) ?? false;
}

function isShadowRoot(root: Node): root is ShadowRoot {
  return root.nodeType === Node.DOCUMENT_FRAGMENT_NODE && "host" in root;
}

/** Where the element's frame begins in the recorded page. */
function frameOffset(element: Element): [number, number] {
  let [left, top] = [0, 0];
  for (const frame of framesAbove(element)) [left, top] = outOf(frame, left, top);
  return [left, top];
}

/** Turns a place of the document in a frame into one of the document around it. */
function outOf(frame: Element, x: number, y: number): [number, number] {
  const { left, top, width, height } = frame.getBoundingClientRect();
  const { offsetWidth = width, offsetHeight = height } = frame as HTMLElement;
  // A frame may be drawn larger or smaller than it is laid out.
  const by = (drawn: number, laid: number) => (drawn > 0 && laid > 0 ? drawn / laid : 1);
  return [
    left + (x + frame.clientLeft) * by(width, offsetWidth),
    top + (y + frame.clientTop) * by(height, offsetHeight),
  ];
}

/** The frames between the element and the recorded page, the innermost first. */
function framesAbove(element: Element): Element[] {
  return framesAround(element.ownerDocument.defaultView);
}

function framesAround(inner: Window | null): Element[] {
  const frames: Element[] = [];
  let view = inner;
  while (view !== null && view !== window && view.frameElement !== null) {
    frames.push(view.frameElement);
    view = view.frameElement.ownerDocument.defaultView;
  }
  return frames;
}
