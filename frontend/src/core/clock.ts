/** The server's clock, seen from here: the offset of the answer that travelled the least. */

export interface Clock {
  /** Server's clock minus ours, in seconds. */
  readonly offsetS: number;
  /** Round trip of the answer that gave the offset; Infinity before the first. */
  readonly rttS: number;
  readonly told: readonly { readonly offsetS: number; readonly rttS: number }[];
}

const KEPT = 8;

export const startClock: Clock = { offsetS: 0, rttS: Number.POSITIVE_INFINITY, told: [] };

/** Returns the clock after an answer: `sent` and `received` are ours, `now` the server's. */
export function told(clock: Clock, sent: number, now: number, received: number): Clock {
  const rttS = received - sent;
  if (rttS < 0) return clock;
  const answers = [...clock.told, { offsetS: now - (sent + received) / 2, rttS }].slice(-KEPT);
  const best = answers.reduce((a, b) => (b.rttS < a.rttS ? b : a));
  return { offsetS: best.offsetS, rttS: best.rttS, told: answers };
}
