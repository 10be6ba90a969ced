import { describe, expect, it } from "vitest";
import { numberOf, opensInS } from "../../src/core/moving.ts";

describe("moving to the counter", () => {
  it("opens five minutes before, and at once when later", () => {
    expect(opensInS(1_000, 0)).toBe(700);
    expect(opensInS(1_000, 700)).toBe(0);
    expect(opensInS(1_000, 2_000)).toBe(0);
    expect(opensInS(null, 0)).toBeNull();
  });

  it("reads numbers as the page writes them", () => {
    expect(numberOf("1800000000,5")).toBe(1_800_000_000.5);
    expect(numberOf("1800000000.5")).toBe(1_800_000_000.5);
    expect(numberOf("")).toBeNull();
    expect(numberOf(undefined)).toBeNull();
  });
});
