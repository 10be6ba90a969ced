import { describe, expect, it } from "vitest";
import { startClock, told } from "../../src/core/clock.ts";

describe("clock", () => {
  it("believes the answer that travelled the least", () => {
    let clock = told(startClock, 100, 1_100.6, 100.8);
    expect(clock.offsetS).toBeCloseTo(1_000.2);
    clock = told(clock, 101, 1_101.005, 101.01);
    expect(clock.offsetS).toBeCloseTo(1_000);
    clock = told(clock, 102, 1_102.9, 103);
    expect(clock.offsetS).toBeCloseTo(1_000);
  });

  it("ignores an answer from the future", () => {
    expect(told(startClock, 10, 50, 9)).toEqual(startClock);
  });
});
