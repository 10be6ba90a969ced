/** The frame that holds the replay: its document, its scale, and the agent's hand above it. */
import type { Stroke } from "../core/echo.ts";
import { parseReplayLine } from "../core/replay_events.ts";
import type { Focus, FocusAfter, VerbDraft } from "../core/verbs.ts";
import type { Words } from "../core/words.ts";
import { AssetShelf } from "./asset_shelf.ts";
import { readBulk } from "./bulk.ts";
import { element } from "./elements.ts";
import { watchFidelity } from "./fidelity_watch.ts";
import { askAgain } from "./mirror_again.ts";
import { readMirror } from "./mirror_stream.ts";
import { Replay } from "./replay.ts";
import { isElement } from "./replay_build.ts";
import { type AttachHooks, layHand } from "./replay_hand.ts";
import { isWritten } from "./replay_point.ts";

export interface MirrorHooks extends AttachHooks {
  hasHand(): boolean;
  focus(): Focus | null;
  isScrolling(node: number): boolean;
  onVerb(verb: VerbDraft, focus: FocusAfter): void;
  onText(text: string): void;
  onSpace(): void;
  onFocus(focus: Focus): void;
  /** A verb went well: what it changed has been shown. */
  onDone(verb: number): void;
  onMissed(): void;
  onLost(): void;
  /** The mirror does not follow the page, and did not when it was begun anew. */
  onUnfaithful(): void;
}

export interface MirrorPanel {
  readonly root: HTMLElement;
  /** Where the keyboard goes. */
  readonly keyboard: HTMLElement;
  push(data: ArrayBuffer): void;
  /** A piece of what is shown by hash. */
  pushBulk(data: ArrayBuffer): void;
  clear(): void;
  /** Shows the strokes that are on their way to each node. */
  expect(strokes: ReadonlyMap<number, readonly Stroke[]>): void;
  /** The kiosk answered a verb. */
  settle(): void;
  zoom(by: number): number;
}

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];

/** Builds the panel; `address` is that of the empty replay document. */
export function makeMirrorPanel(address: string, words: Words, hooks: MirrorHooks): MirrorPanel {
  const frame = element("iframe", {
    class: "replay",
    sandbox: "allow-same-origin",
    title: words.sharedPage,
    tabindex: -1,
  });
  const area = element("textarea", {
    class: "replay-keys",
    "aria-label": words.keyboard,
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
  });
  const overlay = element("div", { class: "replay-hand" }, area);
  const box = element("div", { class: "replay-box" }, frame, overlay);
  const root = element("div", { class: "replay-frame" }, box);

  let replay: Replay | null = null;
  let waiting: string[] = [];
  let [width, height] = [1024, 768];
  let zoom = 1;

  const scale = (): void => {
    const room = root.getBoundingClientRect();
    if (room.width === 0) return;
    const fit = Math.min(room.width / width, Math.max(room.height, 240) / height);
    const by = fit * zoom;
    frame.style.inlineSize = `${width}px`;
    frame.style.blockSize = `${height}px`;
    frame.style.transform = `scale(${by})`;
    box.style.inlineSize = `${Math.floor(width * by)}px`;
    box.style.blockSize = `${Math.floor(height * by)}px`;
  };
  new ResizeObserver(scale).observe(root);

  // Answers to verbs ride in the stream: one that broke must not be left so.
  const again = askAgain(hooks.onLost);

  const fidelity = watchFidelity(() => replay, {
    onAgain: again.lost,
    onUnfaithful: hooks.onUnfaithful,
  });

  const sized = (w: number, h: number): void => {
    if (w > 0 && h > 0) [width, height] = [w, h];
    scale();
  };

  const line = (text: string): void => {
    if (replay === null) {
      waiting.push(text);
      return;
    }
    const event = parseReplayLine(text);
    if (event === null) return;
    if (event.kind === "done") hooks.onDone(event.verb);
    else if (event.kind === "sample") fidelity.take(event.nodes);
    else {
      fidelity.stir();
      if (event.kind === "page") fidelity.begin(event.url);
      replay.apply(event);
    }
    if (event.kind !== "full") return;
    again.found();
    root.dataset.shown = "";
  };

  const stream = readMirror({
    onEpoch() {
      again.begun();
      replay?.clear();
    },
    onLine: line,
    onBroken: again.lost,
  });

  const shelf = new AssetShelf();
  const bulk = readBulk({
    onParcel(parcel) {
      if (parcel.to === "") shelf.put(parcel);
      else replay?.take(parcel);
    },
    onForget: () => shelf.clear(),
  });

  const hand = layHand({ frame, overlay, area, host: box, words }, () => replay, {
    hasHand: hooks.hasHand,
    focus: hooks.focus,
    onVerb: hooks.onVerb,
    onText: hooks.onText,
    onSpace: hooks.onSpace,
    armed: hooks.armed,
    attachable: hooks.attachable,
    onAttach: hooks.onAttach,
    onMissed: hooks.onMissed,
  });

  frame.addEventListener("load", () => {
    const doc = frame.contentDocument;
    // The replay itself may begin its document anew, for another layout mode.
    if (doc === null || doc === replay?.doc) return;
    const isAgain = replay !== null;
    replay = new Replay(
      doc,
      {
        onPage: (page) => sized(page.width, page.height),
        onViewport: sized,
        onFocus: (node) => {
          const element = replay?.map.node(node);
          hooks.onFocus({ node, isWritten: isElement(element) && isWritten(element) });
        },
        onLost: again.lost,
        isScrolling: hooks.isScrolling,
      },
      words,
      shelf,
    );
    for (const text of waiting.splice(0)) line(text);
    if (isAgain) again.lost();
  });
  frame.src = address;

  return {
    root,
    keyboard: area,
    push: (data) => stream.push(data),
    pushBulk: (data) => bulk.push(data),
    clear() {
      again.close();
      stream.close();
      fidelity.close();
      bulk.close();
      waiting = [];
      replay?.clear();
      hand.close();
      delete root.dataset.shown;
    },
    expect: (strokes) => replay?.expect(strokes),
    settle: () => replay?.settleScroll(),
    zoom(by) {
      const at = ZOOMS.indexOf(zoom);
      zoom = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + by))] ?? 1;
      scale();
      return zoom;
    },
  };
}
