/** The agent's pointer at rest: what it rests on is pointed at in the kiosk's page too. */
import type { VerbDraft } from "../core/verbs.ts";
import type { Pointed } from "./replay_point.ts";

export const RESTS_AFTER_MS = 150;

export interface HoverHooks {
  hasHand(): boolean;
  pointed(event: PointerEvent): Pointed | null;
  onVerb(verb: VerbDraft, focus: "same"): void;
}

/** Listens to the mouse on `overlay`; each node is told once while the pointer rests on it. */
export function watchHover(overlay: HTMLElement, hooks: HoverHooks): { close(): void } {
  let timer = 0;
  let told = 0;
  const rest = (event: PointerEvent): void => {
    if (!hooks.hasHand()) return;
    const pointed = hooks.pointed(event);
    if (pointed === null || pointed.id === told) return;
    told = pointed.id;
    hooks.onVerb({ type: "hover", node: pointed.id, x: pointed.x, y: pointed.y }, "same");
  };
  const stop = (): void => window.clearTimeout(timer);
  overlay.addEventListener("pointermove", (event) => {
    stop();
    // A finger does not point without touching.
    if (event.pointerType === "touch" || event.buttons !== 0) return;
    timer = window.setTimeout(() => rest(event), RESTS_AFTER_MS);
  });
  overlay.addEventListener("pointerleave", stop);
  return {
    close() {
      stop();
      told = 0;
    },
  };
}
