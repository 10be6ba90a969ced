// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RESTS_AFTER_MS, watchHover } from "../../src/browser/replay_hover.ts";

let overlay: HTMLElement;
let hasHand: boolean;
let pointedId: number;
const onVerb = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  onVerb.mockClear();
  overlay = document.createElement("div");
  [hasHand, pointedId] = [true, 7];
  watchHover(overlay, {
    hasHand: () => hasHand,
    onVerb,
    pointed: () => ({ id: pointedId, element: overlay, x: 0.5, y: 0.25 }),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

function move(given: PointerEventInit = {}): void {
  overlay.dispatchEvent(new PointerEvent("pointermove", { pointerType: "mouse", ...given }));
}

describe("the agent's pointer", () => {
  it("tells a node once it has rested on it", () => {
    move();
    vi.advanceTimersByTime(RESTS_AFTER_MS - 1);
    move();
    vi.advanceTimersByTime(RESTS_AFTER_MS - 1);
    expect(onVerb).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onVerb).toHaveBeenCalledExactlyOnceWith(
      { type: "hover", node: 7, x: 0.5, y: 0.25 },
      "same",
    );
    move();
    vi.advanceTimersByTime(RESTS_AFTER_MS);
    expect(onVerb).toHaveBeenCalledTimes(1);
    pointedId = 8;
    move();
    vi.advanceTimersByTime(RESTS_AFTER_MS);
    expect(onVerb).toHaveBeenCalledTimes(2);
  });

  it("tells nothing of a finger, of a pressed button, without the hand, or once it has left", () => {
    move({ pointerType: "touch" });
    vi.advanceTimersByTime(RESTS_AFTER_MS);
    move({ buttons: 1 });
    vi.advanceTimersByTime(RESTS_AFTER_MS);
    move();
    overlay.dispatchEvent(new PointerEvent("pointerleave"));
    vi.advanceTimersByTime(RESTS_AFTER_MS);
    hasHand = false;
    move();
    vi.advanceTimersByTime(RESTS_AFTER_MS);
    expect(onVerb).not.toHaveBeenCalled();
  });
});
