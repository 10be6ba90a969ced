import { describe, expect, it } from "vitest";
import { type LineMeasure, UNMEASURED } from "../../src/core/line.ts";
import { kindOf, NOTHING_SAID, sayLine } from "../../src/core/line_word.ts";

const line = (changes: Partial<LineMeasure>): LineMeasure => ({ ...UNMEASURED, ...changes });
const slow = line({ rttMs: 900 });

function said(...measures: (LineMeasure | null)[]): string[] {
  let state = NOTHING_SAID;
  return measures.map((measure) => {
    state = sayLine(state, measure);
    return state.kind;
  });
}

describe("what is said of the line", () => {
  it.each([
    [{ rttMs: 100 }, "good"],
    [{ rttMs: 300 }, "fair"],
    [{ lost: 0.05 }, "fair"],
    [{ rttMs: 900 }, "slow"],
    [{ lost: 0.2 }, "slow"],
    [{ rttMs: 900, picture: "paused" }, "paused"],
    [{ picture: "none" }, "sound"],
  ] as const)("of %o is %s", (changes, kind) => {
    expect(kindOf(line(changes))).toBe(kind);
  });

  it("changes only when the new word has lasted", () => {
    expect(said(slow, line({}), slow, line({}))).toEqual(Array(4).fill("good"));
    expect(said(slow, slow, line({}), slow, null)).toEqual(["good", ...Array(4).fill("slow")]);
  });
});
