/** The picture of the shared page, and the agent's hand above it: what is pointed at is a place. */
import type { ShownPage } from "../core/shown_page.ts";
import type { FocusAfter, VerbDraft } from "../core/verbs.ts";
import type { Words } from "../core/words.ts";
import { element } from "./elements.ts";
import { listenToKeys } from "./replay_keys.ts";

export interface PictureHooks {
  hasHand(): boolean;
  onVerb(verb: VerbDraft, focus: FocusAfter): void;
  onText(text: string): void;
  /** The agent pointed without having the hand. */
  onMissed(): void;
}

export interface PicturePanel {
  readonly root: HTMLElement;
  /** Where the keyboard goes. */
  readonly keyboard: HTMLElement;
  /** The line on which the picture comes. */
  take(track: MediaStreamTrack): void;
  render(shown: ShownPage): void;
  zoom(by: number): void;
}

const WHEEL_EVERY_MS = 60;
/** Only the kiosk knows what has the focus: what is typed goes there. */
const WHEREVER = { node: 0, isWritten: true };

export function makePicturePanel(words: Words, hooks: PictureHooks): PicturePanel {
  const video = element("video", {
    autoplay: true,
    playsinline: true,
    muted: true,
    "aria-label": words.picture,
  });
  // The attribute alone mutes nothing that a script has made.
  video.muted = true;
  const area = element("textarea", {
    class: "picture-keys",
    "aria-label": words.pictureKeys,
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
  });
  const overlay = element("div", { class: "picture-hand" }, area);
  const box = element("div", { class: "picture-box" }, video, overlay);
  const said = element("p", { class: "picture-said" });
  const hint = element("p");
  const cover = element("div", { class: "picture-cover", role: "status" }, said, hint);
  const root = element("div", { class: "picture-frame" }, box, cover);

  let track: MediaStreamTrack | null = null;
  let isOn = false;
  let hasCome = false;
  let shown: ShownPage | null = null;
  let zoom = 1;
  let wheel: { x: number; y: number; down: number; right: number } | null = null;
  let wheelTimer = 0;

  const scale = (): void => {
    const room = root.getBoundingClientRect();
    const { videoWidth: width, videoHeight: height } = video;
    if (room.width === 0 || width === 0) return;
    const by = Math.min(room.width / width, Math.max(room.height, 240) / height) * zoom;
    box.style.inlineSize = `${Math.floor(width * by)}px`;
    box.style.blockSize = `${Math.floor(height * by)}px`;
  };
  new ResizeObserver(scale).observe(root);
  video.addEventListener("resize", scale);

  const draw = (): void => {
    const isCovered = shown?.isCovered ?? false;
    cover.hidden = hasCome && !isCovered;
    box.classList.toggle("is-covered", isCovered);
    const [first, second] = isCovered
      ? [words.pictureCovered, words.pictureCoveredHint]
      : [words.pictureComes, ""];
    if (said.textContent !== first) said.textContent = first;
    if (hint.textContent !== second) hint.textContent = second;
  };

  const connect = (): void => {
    const isWanted = isOn && track !== null;
    hasCome = false;
    delete root.dataset.shown;
    video.srcObject = isWanted && track !== null ? new MediaStream([track]) : null;
    if (!isWanted) return;
    video.requestVideoFrameCallback(() => {
      hasCome = isOn;
      if (isOn) root.dataset.shown = "";
      scale();
      draw();
    });
    video.play().catch(() => undefined);
  };

  const placeOf = (event: MouseEvent): { x: number; y: number } => {
    const at = video.getBoundingClientRect();
    const share = (part: number, whole: number): number =>
      whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
    return {
      x: share(event.clientX - at.left, at.width),
      y: share(event.clientY - at.top, at.height),
    };
  };

  overlay.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    area.focus({ preventScroll: true });
  });
  overlay.addEventListener("click", (event) => {
    if (event.button !== 0) return;
    if (!hooks.hasHand()) {
      hooks.onMissed();
      return;
    }
    const count = Math.min(3, Math.max(1, event.detail));
    hooks.onVerb({ type: "click", node: 0, ...placeOf(event), count }, WHEREVER);
  });
  overlay.addEventListener("contextmenu", (event) => event.preventDefault());
  overlay.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || !hooks.hasHand()) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 40 : event.deltaMode === 2 ? overlay.clientHeight : 1;
      const down = (wheel?.down ?? 0) + event.deltaY * unit;
      const right = (wheel?.right ?? 0) + event.deltaX * unit;
      wheel = { ...placeOf(event), down, right };
      if (wheelTimer !== 0) return;
      wheelTimer = window.setTimeout(() => {
        wheelTimer = 0;
        if (wheel !== null) hooks.onVerb({ type: "wheel", ...wheel }, "same");
        wheel = null;
      }, WHEEL_EVERY_MS);
    },
    { passive: false },
  );

  listenToKeys(area, {
    hasHand: hooks.hasHand,
    onText: hooks.onText,
    // A character in a field, a press on a button: the page itself knows.
    onSpace: () => hooks.onVerb({ type: "press", key: "Space", shift: false }, "same"),
    onKey: (key, shift) => hooks.onVerb({ type: "press", key, shift }, "same"),
    isListed: () => false,
    onOpenList: () => false,
    copied: () => "",
  });

  return {
    root,
    keyboard: area,
    take(given) {
      track = given;
      connect();
    },
    render(next) {
      const wasOn = isOn;
      isOn = next.way === "picture";
      shown = next;
      if (wasOn !== isOn) connect();
      draw();
    },
    zoom(to) {
      zoom = to;
      scale();
    },
  };
}
