/**
 * What the picture may take of a thin line. The browser's own congestion control follows the line
 * from moment to moment; this ladder takes away frame rate and size, and last the picture itself,
 * so that voice and control keep their room (DESIGN 5.8: audio first).
 */

import type { LineMeasure } from "./line.ts";

export interface Picture {
  readonly bitrate: number;
  /** `scaleResolutionDownBy`. */
  readonly scale: number;
  readonly fps: number;
  readonly videoOn: boolean;
}

export interface Adaptation {
  readonly rung: number;
  readonly seen: number;
  readonly calm: number;
  readonly tight: number;
  readonly leastRttMs: number;
}

export const LADDER: readonly Picture[] = [
  { bitrate: 1_200_000, scale: 1, fps: 24, videoOn: true },
  { bitrate: 600_000, scale: 1.5, fps: 24, videoOn: true },
  { bitrate: 300_000, scale: 2, fps: 20, videoOn: true },
  { bitrate: 150_000, scale: 3, fps: 12, videoOn: true },
  { bitrate: 80_000, scale: 4, fps: 8, videoOn: true },
  { bitrate: 30_000, scale: 4, fps: 5, videoOn: false },
];

const LAST = LADDER.length - 1;
const VOICE_BPS = 40_000;
/** The browser's estimate starts low and needs some seconds to find the line. */
const SETTLING = 3;
const TIGHT_BEFORE_DOWN = 2;
const CALM_BEFORE_UP = 5;
const TIGHT_LOSS = 0.06;
const HEAVY_LOSS = 0.15;
const CALM_LOSS = 0.02;
/** A queue on the line: so much more round trip than the least ever seen. */
const QUEUE_MS = 400;

export const START: Adaptation = { rung: 0, seen: 0, calm: 0, tight: 0, leastRttMs: 0 };

export function pictureOf(state: Adaptation): Picture {
  return LADDER[state.rung] ?? (LADDER[LAST] as Picture);
}

/** The next state after one measure (every 2 s): down fast, up one rung after 10 s of calm. */
export function adapt(state: Adaptation, line: LineMeasure): Adaptation {
  const seen = state.seen + 1;
  const leastRttMs =
    line.rttMs > 0 && (state.leastRttMs === 0 || line.rttMs < state.leastRttMs)
      ? line.rttMs
      : state.leastRttMs;
  const queued = leastRttMs > 0 && line.rttMs > leastRttMs + QUEUE_MS;
  const scarce =
    seen > SETTLING &&
    line.roomBps > 0 &&
    line.roomBps < pictureOf(state).bitrate * 0.5 + VOICE_BPS;
  const next = { ...state, seen, leastRttMs };

  if (line.lost >= HEAVY_LOSS) return down(next);
  // The shared page goes first, but takes the face away on no line that could carry both.
  const yields = line.mirrorWaits && state.rung < LAST - 1;
  if (line.lost >= TIGHT_LOSS || queued || scarce || yields) {
    const tight = state.tight + 1;
    return tight >= TIGHT_BEFORE_DOWN ? down(next) : { ...next, tight, calm: 0 };
  }
  if (line.lost > CALM_LOSS) return { ...next, tight: 0, calm: 0 };
  const calm = state.calm + 1;
  if (calm < CALM_BEFORE_UP || state.rung === 0) return { ...next, calm, tight: 0 };
  return { ...next, rung: state.rung - 1, calm: 0, tight: 0 };
}

function down(state: Adaptation): Adaptation {
  return { ...state, rung: Math.min(LAST, state.rung + 1), calm: 0, tight: 0 };
}
