import { describe, expect, it } from "vitest";
import {
  compare,
  judge,
  type SampledNode,
  TRUSTING,
  type Trust,
  textHash,
  type Verdict,
  WRONG_IN_A_ROW,
} from "../../src/core/fidelity.ts";

const node = (more: Partial<SampledNode> = {}): SampledNode => ({
  id: 1,
  text: 7,
  x: 100,
  y: 400,
  width: 200,
  height: 20,
  scrolledX: 0,
  scrolledY: 0,
  ...more,
});

const right = { nodes: 12, wrongTexts: 0, wrongBoxes: 1 };
const wrong = { nodes: 12, wrongTexts: 3, wrongBoxes: 2 };

function verdicts(given: readonly (typeof right)[], from: Trust = TRUSTING): Verdict[] {
  let trust = from;
  return given.map((each) => {
    const [next, verdict] = judge(trust, each);
    trust = next;
    return verdict;
  });
}

describe("compare", () => {
  const count = (there: SampledNode, here: SampledNode | null) => {
    const { wrongTexts, wrongBoxes } = compare([there], [here]);
    return [wrongTexts, wrongBoxes];
  };

  it("finds a node that is missing, another text and another place", () => {
    expect(count(node(), node())).toEqual([0, 0]);
    expect(count(node(), null)).toEqual([1, 0]);
    expect(count(node(), node({ text: 8 }))).toEqual([1, 0]);
    expect(count(node(), node({ height: 60 }))).toEqual([0, 1]);
    expect(count(node(), node({ y: 700 }))).toEqual([0, 1]);
  });

  it("lets a text that one side does not compare pass", () => {
    expect(count(node({ text: 0 }), node())).toEqual([0, 0]);
    expect(count(node(), node({ text: 0 }))).toEqual([0, 0]);
  });

  it("allows for other fonts", () => {
    expect(count(node(), node({ width: 225, height: 22, y: 440 }))).toEqual([0, 0]);
  });

  it("finds a fixed node in its place however the page is scrolled", () => {
    const fixed = node({ y: 1_010, scrolledY: 1_000 });
    expect(count(fixed, node({ y: 10, scrolledY: 0 }))).toEqual([0, 0]);
  });
});

describe("judge", () => {
  const row = (given: typeof right, n: number) => Array.from({ length: n }, () => given);

  it("begins the mirror anew after some wrong samples in a row, then asks for the picture", () => {
    const all = verdicts(row(wrong, 2 * WRONG_IN_A_ROW + 4));
    expect(all.map((each, at) => [each, at]).filter(([each]) => each !== null)).toEqual([
      ["again", WRONG_IN_A_ROW - 1],
      ["picture", 2 * WRONG_IN_A_ROW - 1],
    ]);
  });

  it("forgives what comes right again", () => {
    const row = [wrong, wrong, right, wrong, wrong, right, wrong, wrong];
    expect(verdicts(row).every((each) => each === null)).toBe(true);
  });

  it("says nothing of a page with too little on it", () => {
    const empty = { nodes: 2, wrongTexts: 2, wrongBoxes: 0 };
    expect(verdicts(row(empty, 9)).every((each) => each === null)).toBe(true);
  });
});

describe("textHash", () => {
  it("is the same for the same words however they are spaced, and never 0", () => {
    expect(textHash("Allocations  familiales\n")).toBe(textHash("Allocations familiales"));
    expect(textHash("Oui")).not.toBe(textHash("Non"));
    expect(textHash("")).toBeGreaterThan(0);
  });
});
