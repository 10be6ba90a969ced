/** How much of the mirror was read: told every few kilobytes, so that its sender never queues more. */

/** Each telling costs the other end a packet: a page that is filled in is read with a handful. */
const TELL_EVERY_BYTES = 4_096;

/** Counts an epoch's messages (each begins with its epoch) and tells how much has come of it. */
export function countHeard(tell: (text: string) => void): (data: ArrayBuffer) => void {
  let epoch = -1;
  let total = 0;
  let told = 0;
  return (data) => {
    const first = new Uint8Array(data)[0];
    if (first === undefined) return;
    if (first !== epoch) [epoch, total, told] = [first, 0, 0];
    total += data.byteLength;
    if (total - told < TELL_EVERY_BYTES) return;
    told = total;
    tell(`${epoch} ${total}`);
  };
}

export interface MirrorLag {
  sent(data: Uint8Array): void;
  heard(epoch: number, bytes: number): void;
  /** Whether more is on its way than what a reader leaves untold. */
  waits(): boolean;
}

/** Keeps how far the other end's reading is behind what was sent of an epoch. */
export function watchLag(): MirrorLag {
  let epoch = -1;
  let total = 0;
  let read = 0;
  return {
    sent(data) {
      const first = data[0] ?? -1;
      if (first !== epoch) [epoch, total, read] = [first, 0, 0];
      total += data.length;
    },
    heard(of, bytes) {
      if (of === epoch) read = Math.max(read, bytes);
    },
    waits: () => total - read >= 2 * TELL_EVERY_BYTES,
  };
}

/** Reads what `countHeard` tells; null for anything else. */
export function parseHeard(text: unknown): { epoch: number; bytes: number } | null {
  const found = typeof text === "string" ? /^(\d{1,3}) (\d{1,15})$/.exec(text) : null;
  return found === null ? null : { epoch: Number(found[1]), bytes: Number(found[2]) };
}
