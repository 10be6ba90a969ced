/** The three data channels of a call: negotiated beforehand, ordered, reliable (RFC 8831). */

import { countHeard, parseHeard, watchLag } from "./mirror_heard.ts";

const HIGH_WATER_BYTES = 262_144;
const LOW_WATER_BYTES = 65_536;
/** How soon bulk looks again whether the mirror has left. */
const AGAIN_MS = 20;
/** What is said before the channel opens waits; more than this was never meant to. */
const EARLY_MOST = 256;

// `priority` (W3C webrtc-priority section 4.2) is not yet in TypeScript's library.
interface PriorityInit extends RTCDataChannelInit {
  priority: RTCPriorityType;
}

export interface Channels {
  readonly control: RTCDataChannel;
  sendControl(text: string): void;
  sendMirror(data: Uint8Array): void;
  /** One piece: the sender waits for `onBulkGot` before it sends many. */
  sendBulk(data: Uint8Array): void;
  /** Whether the mirror has more on its way than the line takes. */
  mirrorWaits(): boolean;
  close(): void;
}

export interface ChannelHooks {
  onState(): void;
  onControl(text: string): void;
  onMirror(data: ArrayBuffer): void;
  onBulk(data: ArrayBuffer): void;
  /** The other end took the oldest piece sent, this many ms ago. */
  onBulkGot(ms: number): void;
  /** The other end has read so many bytes of this epoch of the mirror. */
  onMirrorHeard(epoch: number, bytes: number): void;
}

export function openChannels(connection: RTCPeerConnection, hooks: ChannelHooks): Channels {
  const open = (label: string, id: number, priority: RTCPriorityType): RTCDataChannel => {
    const init: PriorityInit = { negotiated: true, id, ordered: true, priority };
    const channel = connection.createDataChannel(label, init);
    channel.binaryType = "arraybuffer";
    return channel;
  };
  const control = open("control", 0, "high");
  const mirror = open("mirror", 1, "medium");
  const bulk = open("bulk", 2, "very-low");

  const sayControl = paced<string>(control, (text) => control.send(text));
  const bulkSentAt: number[] = [];
  const sayBulk = paced<Uint8Array<ArrayBuffer>>(
    bulk,
    (data) => {
      bulkSentAt.push(performance.now());
      bulk.send(data);
    },
    () => mirror.bufferedAmount === 0 && control.bufferedAmount === 0,
  );
  const sayMirror = paced<Uint8Array<ArrayBuffer>>(mirror, (data) => mirror.send(data));

  control.addEventListener("open", hooks.onState);
  control.addEventListener("close", hooks.onState);
  control.addEventListener("message", ({ data }) => {
    if (typeof data === "string") hooks.onControl(data);
  });
  const lag = watchLag();
  const heard = countHeard((text) => {
    if (mirror.readyState === "open") mirror.send(text);
  });
  mirror.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) {
      hooks.onMirror(data);
      heard(data);
      return;
    }
    const told = parseHeard(data);
    if (told === null) return;
    lag.heard(told.epoch, told.bytes);
    hooks.onMirrorHeard(told.epoch, told.bytes);
  });

  // Each piece is answered by an empty text, so that its sender knows how long the line took.
  bulk.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) {
      hooks.onBulk(data);
      if (bulk.readyState === "open") bulk.send("");
      return;
    }
    const sentAt = bulkSentAt.shift();
    if (sentAt !== undefined) hooks.onBulkGot(performance.now() - sentAt);
  });

  return {
    control,
    sendControl: (text) => sayControl(text, EARLY_MOST),
    sendMirror(data) {
      lag.sent(data);
      sayMirror(new Uint8Array(data), Number.POSITIVE_INFINITY);
    },
    sendBulk: (data) => sayBulk(new Uint8Array(data), EARLY_MOST),
    mirrorWaits: lag.waits,
    close() {
      for (const channel of [control, mirror, bulk]) channel.close();
    },
  };
}

/**
 * Sends in order and never lets the channel's own buffer grow beyond what a slow line needs. What
 * waits when the channel closes is dropped: the other end starts anew after a cut. While it is not
 * the turn of this channel, it is asked again a little later.
 */
function paced<T>(
  channel: RTCDataChannel,
  send: (item: T) => void,
  isItsTurn: () => boolean = () => true,
) {
  const waiting: T[] = [];
  const flush = () => {
    while (channel.readyState === "open" && channel.bufferedAmount < HIGH_WATER_BYTES) {
      if (!isItsTurn()) {
        if (waiting.length > 0) setTimeout(flush, AGAIN_MS);
        return;
      }
      const item = waiting.shift();
      if (item === undefined) return;
      send(item);
    }
  };
  channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  channel.addEventListener("bufferedamountlow", flush);
  channel.addEventListener("open", flush);
  channel.addEventListener("close", () => waiting.splice(0));
  return (item: T, earlyMost: number) => {
    if (channel.readyState === "closing" || channel.readyState === "closed") return;
    if (channel.readyState === "connecting" && waiting.length >= earlyMost) return;
    waiting.push(item);
    flush();
  };
}
