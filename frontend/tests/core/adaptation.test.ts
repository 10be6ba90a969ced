import { describe, expect, test } from "vitest";
import { type Adaptation, adapt, LADDER, pictureOf, START } from "../../src/core/adaptation.ts";
import { type LineMeasure, UNMEASURED } from "../../src/core/line.ts";

const calm: LineMeasure = { ...UNMEASURED, upBps: 900_000, rttMs: 30, roomBps: 2_000_000 };
const looked = (count: number, line: LineMeasure, from: Adaptation = START): Adaptation =>
  Array.from({ length: count }).reduce<Adaptation>((state) => adapt(state, line), from);

describe("the picture on a line", () => {
  test("starts whole and stays whole while the line is calm", () => {
    expect(pictureOf(looked(20, calm))).toEqual(LADDER[0]);
  });

  test("goes down one rung at once when much is lost", () => {
    expect(looked(1, { ...calm, lost: 0.2 }).rung).toBe(1);
  });

  test("bears one bad look and goes down at the second", () => {
    const bad = { ...calm, lost: 0.08 };
    expect(looked(1, bad).rung).toBe(0);
    expect(looked(2, bad).rung).toBe(1);
  });

  test("makes room for the shared page, but is not taken away for it", () => {
    const busy = { ...calm, mirrorWaits: true };
    expect(looked(1, busy).rung).toBe(0);
    expect(looked(2, busy).rung).toBe(1);
    expect(pictureOf(looked(60, busy)).videoOn).toBe(true);
    expect(pictureOf(looked(60, busy)).bitrate).toBe(80_000);
  });

  test("does not take the browser's first low estimate for the line", () => {
    expect(looked(3, { ...calm, roomBps: 300_000 }).rung).toBe(0);
    expect(looked(6, { ...calm, roomBps: 300_000 }).rung).toBeGreaterThan(0);
  });

  test("takes a queue for a bad line, but not a line that is long by itself", () => {
    expect(looked(10, { ...calm, rttMs: 620 }).rung).toBe(0);
    expect(looked(2, { ...calm, rttMs: 900 }, looked(3, calm)).rung).toBe(1);
  });

  test("switches the picture off last, so that the voice passes", () => {
    const worst = looked(12, { ...calm, lost: 0.4 });
    expect(pictureOf(worst).videoOn).toBe(false);
    expect(LADDER.slice(0, -1).every(({ videoOn }) => videoOn)).toBe(true);
  });

  test("comes back rung by rung after ten seconds of calm each", () => {
    const low = looked(2, { ...calm, lost: 0.2 });
    expect(looked(4, calm, low).rung).toBe(2);
    expect(looked(5, calm, low).rung).toBe(1);
    expect(looked(10, calm, low).rung).toBe(0);
  });

  test("never asks for more on a lower rung", () => {
    for (const [index, { bitrate, fps, scale }] of LADDER.entries()) {
      const above = LADDER[index - 1];
      if (above === undefined) continue;
      expect(bitrate).toBeLessThan(above.bitrate);
      expect(fps).toBeLessThanOrEqual(above.fps);
      expect(scale).toBeGreaterThanOrEqual(above.scale);
    }
  });
});
