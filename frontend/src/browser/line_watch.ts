/** Measures the line every two seconds and fits the picture to it. */

import { type Adaptation, adapt, type Picture, pictureOf, START } from "../core/adaptation.ts";
import { type LineMeasure, type LineSample, measureLine, UNMEASURED } from "../core/line.ts";
import { lookAtPictures, NO_PICTURE_YET } from "../core/picture_flow.ts";

const EVERY_MS = 2_000;

export interface LineWatch {
  /** The last measure; the first call before any looks at once. */
  latest(): Promise<LineMeasure>;
  /** Fits the senders to the present state of the line (after tracks came or went). */
  tune(): Promise<void>;
  close(): void;
}

export interface LineFacts {
  isLive(): boolean;
  mirrorWaits(): boolean;
}

export function watchLine(connection: RTCPeerConnection, facts: LineFacts): LineWatch {
  let before: LineSample | null = null;
  let measure: LineMeasure = UNMEASURED;
  let state: Adaptation = START;
  let pictures = NO_PICTURE_YET;
  // getParameters and setParameters are one transaction: two at once refuse each other.
  let tuning: Promise<void> = Promise.resolve();

  const tune = () => {
    tuning = tuning.then(() => fitSenders(connection, pictureOf(state)));
    return tuning;
  };

  const look = async () => {
    if (connection.connectionState !== "connected") return;
    const sample = sampleOf(await connection.getStats(), performance.now() / 1000);
    const [isLive, sends] = [facts.isLive(), pictureOf(state).videoOn];
    pictures = lookAtPictures(pictures, { isLive, sends, gets: getsFace(connection) });
    const seen = { picture: pictures.flow, mirrorWaits: facts.mirrorWaits() };
    if (before !== null) {
      measure = { ...measureLine(before, sample), ...seen };
      const { rung } = state;
      state = adapt(state, measure);
      if (state.rung !== rung) await tune();
    } else {
      measure = { ...UNMEASURED, ...seen, rttMs: sample.rttMs, roomBps: sample.roomBps };
    }
    before = sample;
  };

  const timer = setInterval(() => void look(), EVERY_MS);
  return {
    async latest() {
      if (before === null) await look();
      return measure;
    },
    tune,
    close: () => clearInterval(timer),
  };
}

/** Voice first; the picture takes what `picture` leaves it. */
export async function fitSenders(connection: RTCPeerConnection, picture: Picture): Promise<void> {
  for (const { sender, receiver } of connection.getTransceivers()) {
    const parameters = sender.getParameters();
    const encoding = parameters.encodings?.[0];
    if (encoding === undefined) continue;
    if (receiver.track.kind === "audio") {
      encoding.priority = "high";
      encoding.networkPriority = "high";
    } else {
      encoding.active = picture.videoOn;
      encoding.maxBitrate = picture.bitrate;
      encoding.maxFramerate = picture.fps;
      encoding.scaleResolutionDownBy = picture.scale;
      encoding.priority = "low";
      parameters.degradationPreference = "balanced";
    }
    try {
      await sender.setParameters(parameters);
    } catch (error) {
      // The call ended or was negotiated anew meanwhile; the next tune sets it right.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}

/** Whether a picture of the other face, the first video line, came within the last 10 s. */
function getsFace(connection: RTCPeerConnection): boolean {
  const face = connection.getReceivers().find(({ track }) => track.kind === "video");
  return (face?.getSynchronizationSources().length ?? 0) > 0;
}

function sampleOf(stats: RTCStatsReport, at: number): LineSample {
  let bytesSent = 0;
  let packetsSent = 0;
  let packetsLost = 0;
  let rttMs = 0;
  let roomBps = 0;
  let chosen = "";
  stats.forEach((each: RTCStats) => {
    if (isTransport(each)) chosen = each.selectedCandidatePairId ?? "";
  });
  stats.forEach((each: RTCStats) => {
    if (isPair(each) && each.id === chosen) {
      bytesSent = each.bytesSent ?? 0;
      rttMs = (each.currentRoundTripTime ?? 0) * 1000;
      roomBps = each.availableOutgoingBitrate ?? 0;
    } else if (isOutbound(each)) {
      packetsSent += each.packetsSent ?? 0;
    } else if (isRemoteInbound(each)) {
      packetsLost += each.packetsLost ?? 0;
    }
  });
  return { at, bytesSent, packetsSent, packetsLost, rttMs, roomBps };
}

const isTransport = (each: RTCStats): each is RTCTransportStats => each.type === "transport";
const isPair = (each: RTCStats): each is RTCIceCandidatePairStats => each.type === "candidate-pair";
const isOutbound = (each: RTCStats): each is RTCOutboundRtpStreamStats =>
  each.type === "outbound-rtp";
const isRemoteInbound = (each: RTCStats): each is RTCReceivedRtpStreamStats =>
  each.type === "remote-inbound-rtp";
