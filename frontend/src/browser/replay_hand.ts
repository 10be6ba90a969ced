/**
 * The agent's hand on the replay: what is pointed at becomes a verb that names the node. An
 * overlay lies above the replay, so that nothing inside it is ever touched directly.
 */
import type { Focus, FocusAfter, VerbDraft } from "../core/verbs.ts";
import type { Key } from "../core/wire/control.ts";
import { type Chooser, isListed, type Listed, makeChooser } from "./chooser.ts";
import { type Attachable, makePaperChooser, type PaperWords } from "./paper_chooser.ts";
import type { Replay } from "./replay.ts";
import { isElement, isFileField, isInput, isSelect } from "./replay_build.ts";
import { watchHover } from "./replay_hover.ts";
import { listenToKeys } from "./replay_keys.ts";
import {
  boxInPage,
  fieldOf,
  fileFieldAt,
  hasLines,
  type Pointed,
  pointedAt,
  scrolledAs,
  scrollerOf,
  selectBetween,
} from "./replay_point.ts";

export interface AttachHooks {
  /** Pages that a click lays where it falls; null: none is in the hand. */
  armed(): readonly string[] | null;
  /** The pages that a file field can be given. */
  attachable(): readonly Attachable[];
  onAttach(node: number, pages: readonly string[]): void;
}

export interface HandHooks extends AttachHooks {
  hasHand(): boolean;
  /** The node that text would go to; null while only the kiosk knows. */
  focus(): Focus | null;
  onVerb(verb: VerbDraft, focus: FocusAfter): void;
  onText(text: string): void;
  onSpace(): void;
  /** The agent pointed without having the hand. */
  onMissed(): void;
}

export interface HandParts {
  readonly frame: HTMLIFrameElement;
  readonly overlay: HTMLElement;
  readonly area: HTMLTextAreaElement;
  readonly host: HTMLElement;
  readonly words: PaperWords & { choose: string };
}

export interface Hand {
  close(): void;
}

const DRAG_PX = 6;
const SCROLL_EVERY_MS = 60;

export function layHand(parts: HandParts, replay: () => Replay | null, hooks: HandHooks): Hand {
  const { frame, overlay, area, host } = parts;
  let pressed: { x: number; y: number; isDrag: boolean } | null = null;
  const scrolls = new Map<number, { top: number; left: number }>();
  let scrollTimer = 0;

  const chooser: Chooser = makeChooser(
    host,
    parts.words,
    (field, values) => {
      const id = replay()?.map.id(field);
      if (id !== undefined)
        hooks.onVerb({ type: "choose", node: id, values }, { node: id, isWritten: false });
    },
    () => area.focus({ preventScroll: true }),
  );

  let fileNode = 0;
  const papers = makePaperChooser(
    host,
    parts.words,
    (pages) => hooks.onAttach(fileNode, pages),
    () => area.focus({ preventScroll: true }),
  );

  const openFile = (field: HTMLElement): void => {
    fileNode = replay()?.map.id(field) ?? 0;
    const pages = hooks.attachable();
    if (pages.length === 0) hooks.onAttach(fileNode, []);
    else papers.open(pages, placeUnder(field));
  };

  const targetElement = (): HTMLElement | undefined => {
    const node = replay()?.map.node(hooks.focus()?.node ?? 0);
    return isElement(node) ? node : undefined;
  };

  /** Whether the key may move the focus somewhere that only the kiosk knows. */
  const isMoving = (key: Key): boolean => {
    const isSent = key === "Enter" && !hasLines(targetElement());
    return key === "Tab" || isSent;
  };

  const placeOf = (event: MouseEvent): { x: number; y: number } => {
    const box = frame.getBoundingClientRect();
    const scale = box.width === 0 ? 1 : frame.clientWidth / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  };

  const placeUnder = (field: HTMLElement): { left: number; top: number; width: number } => {
    const outer = frame.getBoundingClientRect();
    const inside = host.getBoundingClientRect();
    const scale = frame.clientWidth === 0 ? 1 : outer.width / frame.clientWidth;
    const box = boxInPage(replay()?.doc ?? field.ownerDocument, field);
    return {
      left: outer.left - inside.left + host.scrollLeft + box.left * scale,
      top: outer.top - inside.top + host.scrollTop + box.bottom * scale,
      width: box.width * scale,
    };
  };
  const openList = (field: Listed): void => chooser.open(field, placeUnder(field));

  const click = (pointed: Pointed, count: number): void => {
    const { element, id, x, y } = pointed;
    const armed = hooks.armed();
    if (armed !== null) {
      hooks.onAttach(id, armed);
      return;
    }
    const file = fileFieldAt(element);
    if (file !== null) {
      openFile(file);
      return;
    }
    const select = element.closest("select");
    const listed = isSelect(select) ? select : element;
    if (isListed(listed)) {
      if (!listed.disabled) openList(listed);
      return;
    }
    const isSwitch = isInput(element) && (element.type === "checkbox" || element.type === "radio");
    if (isSwitch && !element.disabled) {
      const checked = element.type === "radio" || !element.checked;
      hooks.onVerb({ type: "tick", node: id, checked }, { node: id, isWritten: false });
      return;
    }
    const field = fieldOf(element);
    const focus = field === null ? undefined : replay()?.map.id(field);
    const after = focus === undefined ? "unknown" : { node: focus, isWritten: true };
    hooks.onVerb({ type: "click", node: id, x, y, count }, after);
  };

  overlay.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    area.focus({ preventScroll: true });
    pressed = { ...placeOf(event), isDrag: false };
  });
  overlay.addEventListener("pointermove", (event) => {
    const shown = replay();
    if (pressed === null || shown === null || event.buttons === 0) return;
    const to = placeOf(event);
    if (Math.hypot(to.x - pressed.x, to.y - pressed.y) > DRAG_PX) pressed.isDrag = true;
    if (pressed.isDrag) selectBetween(shown.doc, pressed, to);
  });
  overlay.addEventListener("click", (event) => {
    const wasDrag = pressed?.isDrag ?? false;
    pressed = null;
    const shown = replay();
    if (wasDrag || shown === null || event.button !== 0) return;
    shown.doc.getSelection()?.removeAllRanges();
    if (!hooks.hasHand()) {
      hooks.onMissed();
      return;
    }
    const { x, y } = placeOf(event);
    const pointed = pointedAt(shown.doc, shown.map, x, y);
    if (pointed !== null) click(pointed, Math.min(3, Math.max(1, event.detail)));
  });
  overlay.addEventListener("contextmenu", (event) => event.preventDefault());

  const hover = watchHover(overlay, {
    hasHand: hooks.hasHand,
    onVerb: hooks.onVerb,
    pointed(event) {
      const shown = replay();
      const { x, y } = placeOf(event);
      return shown === null ? null : pointedAt(shown.doc, shown.map, x, y);
    },
  });

  const flushScrolls = (): void => {
    scrollTimer = 0;
    for (const [node, { top, left }] of scrolls) {
      hooks.onVerb({ type: "scroll", node, top, left }, "same");
    }
    scrolls.clear();
  };

  overlay.addEventListener(
    "wheel",
    (event) => {
      const shown = replay();
      if (shown === null || event.ctrlKey) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 40 : event.deltaMode === 2 ? frame.clientHeight : 1;
      const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
      const { x, y } = placeOf(event);
      const pointed = pointedAt(shown.doc, shown.map, x, y);
      const box = pointed === null ? null : scrollerOf(shown.doc, pointed.element, dx, dy);
      const scrolled = box ?? shown.doc.scrollingElement;
      if (scrolled === null) return;
      scrolled.scrollTop += dy;
      scrolled.scrollLeft += dx;
      if (!hooks.hasHand()) return;
      const id = box === null ? 0 : scrolledAs(box, shown.map);
      scrolls.set(id, { top: scrolled.scrollTop, left: scrolled.scrollLeft });
      scrollTimer ||= window.setTimeout(flushScrolls, SCROLL_EVERY_MS);
    },
    { passive: false },
  );

  listenToKeys(area, {
    hasHand: hooks.hasHand,
    isListed: () => isListed(targetElement()),
    onText: hooks.onText,
    onSpace: hooks.onSpace,
    onKey(key, shift) {
      hooks.onVerb({ type: "press", key, shift }, isMoving(key) ? "unknown" : "same");
    },
    onOpenList() {
      const focused = targetElement();
      if (isFileField(focused)) {
        openFile(focused);
        return true;
      }
      if (focused === undefined || !isListed(focused)) return false;
      openList(focused);
      return true;
    },
    copied: () => replay()?.doc.getSelection()?.toString() ?? "",
  });

  return {
    close() {
      chooser.close();
      hover.close();
      papers.close();
      window.clearTimeout(scrollTimer);
      scrolls.clear();
    },
  };
}
