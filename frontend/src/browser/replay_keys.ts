/**
 * The agent's keyboard while the mirror has the hand: text is gathered by a real text area, so
 * that dead keys, input methods and paste give text as text; keys are the few that pages need.
 */
import { KEYS, type Key } from "../core/wire/control.ts";

export interface KeysHooks {
  hasHand(): boolean;
  onText(text: string): void;
  onKey(key: Key, shift: boolean): void;
  /** The space bar: a character or a press, as the kiosk's focus says. */
  onSpace(): void;
  /** Whether what has the focus is chosen from a list rather than written. */
  isListed(): boolean;
  /** A key that opens that list; false when there is none. */
  onOpenList(): boolean;
  copied(): string;
}

const PRESSED = new Set<string>(KEYS);
/** Keys that open a select's list, as in the browser's own. */
const OPENING = new Set(["Enter", "Space"]);

/** Listens to `area`; nothing that is typed stays in it. */
export function listenToKeys(area: HTMLTextAreaElement, hooks: KeysHooks): void {
  let isComposing = false;

  const take = (): void => {
    const text = area.value;
    area.value = "";
    if (text !== "" && hooks.hasHand()) hooks.onText(text.replace(/\r\n?/g, "\n"));
  };

  area.addEventListener("compositionstart", () => {
    isComposing = true;
  });
  area.addEventListener("compositionend", () => {
    isComposing = false;
    take();
  });
  area.addEventListener("input", () => {
    if (!isComposing) take();
  });
  area.addEventListener("copy", (event) => {
    const text = hooks.copied();
    if (text === "") return;
    event.preventDefault();
    event.clipboardData?.setData("text/plain", text);
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing || isComposing || !hooks.hasHand()) return;
    const key = event.key === " " ? "Space" : event.key;
    if (!PRESSED.has(key)) {
      const isLetter = key.length === 1 && !event.ctrlKey && !event.metaKey;
      if (isLetter && hooks.isListed() && hooks.onOpenList()) event.preventDefault();
      return;
    }
    const isModified = event.ctrlKey || event.altKey || event.metaKey;
    event.preventDefault();
    if (isModified && !(event.altKey && key === "ArrowDown")) return;
    take();
    if ((OPENING.has(key) || event.altKey) && hooks.onOpenList()) return;
    if (key === "Space") hooks.onSpace();
    else if (!event.altKey) hooks.onKey(key as Key, event.shiftKey);
  });
}
