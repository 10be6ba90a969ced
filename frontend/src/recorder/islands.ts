/**
 * Pixel islands: what has no nodes to mirror (canvas, video, an embedded PDF). The daemon takes
 * pictures of them; this says which there are, where they lie, and whether they may be looked at.
 */

/** One island. Places and sizes in CSS px. */
export interface Island {
  readonly id: number;
  /** Size of the whole content box. */
  readonly width: number;
  readonly height: number;
  /** The part in view: where it begins in the content box, and in the window; 0 by 0 for none. */
  readonly left: number;
  readonly top: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  /** What is known to change its picture; empty where nothing is. */
  readonly state: string;
}

export interface Sight {
  /** A secret is in the page, or was since this was asked last: no island is to be looked at. */
  readonly covered: boolean;
  /** Width of the window in CSS px, scroll bar included, and device pixels to each of them. */
  readonly width: number;
  readonly ratio: number;
  readonly islands: readonly Island[];
}

type Root = Document | ShadowRoot;
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const ISLANDS = "canvas,video,object,embed";
const PDF = "application/pdf";
const SIDE_LEAST_PX = 4;
const ISLANDS_MOST = 64;
const NOWHERE = { left: 0, top: 0, x: 0, y: 0, w: 0, h: 0, state: "" };

/** Returns the islands under these roots; `idOf` is 0 for what the mirror has not told. */
export function lookForIslands(
  roots: readonly Root[],
  idOf: (node: Node) => number,
  isCovered: () => boolean,
): Sight {
  const islands: Island[] = [];
  for (const element of roots.flatMap(islandsIn)) {
    const id = idOf(element);
    if (id !== 0) islands.push(seen(element, id));
    if (islands.length === ISLANDS_MOST) break;
  }
  const covered = islands.length > 0 && isCovered();
  return { covered, width: innerWidth, ratio: devicePixelRatio, islands };
}

function islandsIn(root: Root): Element[] {
  // The viewer of a PDF lies in a closed root of the body that Chromium makes around it.
  if ("contentType" in root && root.contentType === PDF) return root.body ? [root.body] : [];
  return [...root.querySelectorAll(ISLANDS)].filter((each) => isShown(each) && !isBeside(each));
}

/** A frame of another site may lie over it, with a secret that cannot be known from here. */
function isBeside(element: Element): boolean {
  const own = element.getBoundingClientRect();
  return Array.from(element.ownerDocument.querySelectorAll("iframe,frame")).some((frame) => {
    if ((frame as HTMLIFrameElement).contentDocument !== null) return false;
    const part = common(own, frame.getBoundingClientRect());
    return part.right > part.left && part.bottom > part.top;
  });
}

function isShown(element: Element): boolean {
  if ((element.nodeName === "OBJECT" || element.nodeName === "EMBED") && !isEmbedding(element))
    return false;
  return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}

/** Without anything in it, an object shows its children, which are mirrored as nodes. */
function isEmbedding(element: Element): boolean {
  return element.hasAttribute("data") || element.hasAttribute("src");
}

function seen(element: Element, id: number): Island {
  const whole = contentBox(element);
  const [dx, dy] = frameOffset(element);
  const part = visiblePart(element, whole);
  const [w, h] = [part.right - part.left, part.bottom - part.top];
  const size = {
    width: round(Math.max(whole.right - whole.left, 0)),
    height: round(Math.max(whole.bottom - whole.top, 0)),
  };
  if (w < SIDE_LEAST_PX || h < SIDE_LEAST_PX) return { id, ...size, ...NOWHERE };
  return {
    id,
    ...size,
    left: round(part.left - whole.left),
    top: round(part.top - whole.top),
    x: round(part.left + dx),
    y: round(part.top + dy),
    w: round(w),
    h: round(h),
    state: stateOf(element),
  };
}

/** In the coordinates of the element's own frame. */
function contentBox(element: Element): Box {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const view = element.ownerDocument.defaultView;
  if (view === null) return { left, top, right, bottom };
  const style = view.getComputedStyle(element);
  const px = (value: string) => Number.parseFloat(value) || 0;
  return {
    left: left + px(style.borderLeftWidth) + px(style.paddingLeft),
    top: top + px(style.borderTopWidth) + px(style.paddingTop),
    right: right - px(style.borderRightWidth) - px(style.paddingRight),
    bottom: bottom - px(style.borderBottomWidth) - px(style.paddingBottom),
  };
}

/** What of the box is cut off neither by a scrolled box around it nor by a window. */
function visiblePart(element: Element, whole: Box): Box {
  let part = whole;
  for (let up = parentOf(element); up !== null; up = parentOf(up)) {
    const doc = up.ownerDocument;
    if (up === doc.documentElement || up === doc.body) continue;
    if (doc.defaultView?.getComputedStyle(up).overflow === "visible") continue;
    part = common(part, up.getBoundingClientRect());
  }
  let view: Window | null = element.ownerDocument.defaultView;
  let [dx, dy] = [0, 0];
  while (view !== null) {
    const { clientWidth, clientHeight } = view.document.documentElement;
    part = common(part, {
      left: -dx,
      top: -dy,
      right: clientWidth - dx,
      bottom: clientHeight - dy,
    });
    const frame: Element | null = view === window ? null : view.frameElement;
    if (frame === null) return part;
    const box = contentBox(frame);
    dx += box.left;
    dy += box.top;
    view = frame.ownerDocument.defaultView;
  }
  return part;
}

function common(one: Box, other: Box): Box {
  return {
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  };
}

function parentOf(element: Element): Element | null {
  const slot = element.assignedSlot;
  if (slot !== null) return slot;
  if (element.parentElement !== null) return element.parentElement;
  const root = element.getRootNode();
  return "host" in root ? (root as ShadowRoot).host : null;
}

/** Where the element's frame begins in the top page. */
function frameOffset(element: Element): [number, number] {
  let [left, top] = [0, 0];
  let view = element.ownerDocument.defaultView;
  while (view !== null && view !== window && view.frameElement !== null) {
    const box = contentBox(view.frameElement);
    left += box.left;
    top += box.top;
    view = view.frameElement.ownerDocument.defaultView;
  }
  return [left, top];
}

function stateOf(element: Element): string {
  if (element.nodeName !== "VIDEO") return "";
  const { paused, ended, currentTime, readyState } = element as HTMLVideoElement;
  return `${paused || ended} ${currentTime.toFixed(2)} ${readyState}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
