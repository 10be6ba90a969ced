/** What is said of the line, from what was measured; a word stands until another has lasted. */
import type { LineMeasure } from "./line.ts";

export type LineKind = "good" | "fair" | "slow" | "paused" | "sound";

export interface LineSaid {
  readonly kind: LineKind;
  readonly next: LineKind;
  readonly times: number;
}

/** Measures in a row (one every 2 s) before another word is said. */
const LASTS = 2;

export const NOTHING_SAID: LineSaid = { kind: "good", next: "good", times: 0 };

/** A line is fair from 250 ms or 3 % lost, slow from 800 ms or 10 %: voice begins to suffer. */
export function kindOf(line: LineMeasure): LineKind {
  if (line.picture === "paused") return "paused";
  if (line.picture === "none") return "sound";
  if (line.rttMs < 250 && line.lost < 0.03) return "good";
  return line.rttMs < 800 && line.lost < 0.1 ? "fair" : "slow";
}

/** The next state after one measure; none (null) leaves what was said. */
export function sayLine(said: LineSaid, line: LineMeasure | null): LineSaid {
  if (line === null) return said;
  const next = kindOf(line);
  const times = next === said.next ? said.times + 1 : 1;
  return { kind: times >= LASTS ? next : said.kind, next, times };
}
