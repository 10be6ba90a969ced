// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AGAIN_EVERY_MS, AGAIN_MOST_MS, askAgain } from "../../src/browser/mirror_again.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a replay that has lost its thread", () => {
  it("asks at once, and again until a whole picture has come", () => {
    const ask = vi.fn();
    const again = askAgain(ask);
    again.lost();
    expect(ask).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(2 * AGAIN_EVERY_MS);
    expect(ask).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(10 * AGAIN_MOST_MS);
    expect(ask.mock.calls.length).toBeGreaterThan(8);
    again.found();
    ask.mockClear();
    vi.advanceTimersByTime(10 * AGAIN_MOST_MS);
    expect(ask).not.toHaveBeenCalled();
  });

  it("waits for a picture that is on its way, and asks when that breaks too", () => {
    const ask = vi.fn();
    const again = askAgain(ask);
    again.lost();
    again.begun();
    vi.advanceTimersByTime(10 * AGAIN_MOST_MS);
    expect(ask).toHaveBeenCalledTimes(1);
    again.lost();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it("asks no more often than every two seconds, however often it is lost", () => {
    const ask = vi.fn();
    const again = askAgain(ask);
    for (let at = 0; at < 20; at++) {
      again.lost();
      again.begun();
      again.found();
      vi.advanceTimersByTime(100);
    }
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("asks no more once it is closed", () => {
    const ask = vi.fn();
    const again = askAgain(ask);
    again.lost();
    again.close();
    vi.advanceTimersByTime(10 * AGAIN_MOST_MS);
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
