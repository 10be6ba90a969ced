/** How the line does, from two looks at the peer connection's counters (W3C webrtc-stats). */
import type { PictureFlow } from "./picture_flow.ts";

export interface LineSample {
  readonly at: number;
  readonly bytesSent: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
  readonly rttMs: number;
  /** `availableOutgoingBitrate` of the chosen candidate pair; 0 while the browser has no idea. */
  readonly roomBps: number;
}

export interface LineMeasure {
  readonly upBps: number;
  readonly rttMs: number;
  /** Share of the packets sent since the last look that did not arrive, 0 to 1. */
  readonly lost: number;
  readonly roomBps: number;
  readonly picture: PictureFlow;
  /** The shared page has more to say than the line takes. */
  readonly mirrorWaits: boolean;
}

export const UNMEASURED: LineMeasure = {
  upBps: 0,
  rttMs: 0,
  lost: 0,
  roomBps: 0,
  picture: "shown",
  mirrorWaits: false,
};

/** `at` is in seconds. Counters that went back (a new transport) count from zero. */
export function measureLine(before: LineSample, after: LineSample): LineMeasure {
  const elapsed = after.at - before.at;
  if (elapsed <= 0) return { ...UNMEASURED, rttMs: after.rttMs, roomBps: after.roomBps };
  const bytes = rise(before.bytesSent, after.bytesSent);
  const sent = rise(before.packetsSent, after.packetsSent);
  // A late packet that arrives after all makes packetsLost go down (RFC 3550 section 6.4.1).
  const missing = Math.max(0, after.packetsLost - before.packetsLost);
  return {
    ...UNMEASURED,
    upBps: (bytes * 8) / elapsed,
    rttMs: after.rttMs,
    lost: sent > 0 ? Math.min(1, missing / sent) : 0,
    roomBps: after.roomBps,
  };
}

function rise(before: number, after: number): number {
  return after >= before ? after - before : after;
}
