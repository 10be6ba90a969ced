/**
 * Reads the bulk channel: parcels of bytes with their hash (framing: the kiosk's
 * `adapters/chromium/bulk.py`). A parcel is given on only whole, and only when it is what its hash
 * says; one that another begins before is dropped.
 */

import { isRecord } from "../core/replay_clean.ts";

const BEGIN = 1;
const GO_ON = 2;
const FORGET = 3;
const SIZE_MOST_BYTES = 4_000_000;

export interface Parcel {
  /** SHA-256 of the bytes in hex. */
  readonly hash: string;
  readonly type: string;
  /** Whom it is for; empty: whoever shows that hash. */
  readonly to: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface BulkHooks {
  onParcel(parcel: Parcel): void;
  /** What was kept by hash is to be forgotten. */
  onForget(): void;
}

export interface BulkReader {
  push(data: ArrayBuffer): void;
  /** Drops what is not whole. */
  close(): void;
}

interface Begun {
  readonly head: Omit<Parcel, "bytes">;
  readonly bytes: Uint8Array<ArrayBuffer>;
  filled: number;
}

export function readBulk(hooks: BulkHooks): BulkReader {
  let begun: Begun | null = null;
  // Hashing takes time and must not change the order.
  let queue: Promise<void> = Promise.resolve();

  const take = (data: Uint8Array): void => {
    if (begun === null) return;
    if (begun.filled + data.length > begun.bytes.length) {
      begun = null;
      return;
    }
    begun.bytes.set(data, begun.filled);
    begun.filled += data.length;
    if (begun.filled < begun.bytes.length) return;
    const parcel: Parcel = { ...begun.head, bytes: begun.bytes };
    begun = null;
    queue = queue.then(async () => {
      if (await isWhatItSays(parcel)) hooks.onParcel(parcel);
    });
  };

  return {
    push(data) {
      const message = new Uint8Array(data);
      switch (message[0]) {
        case BEGIN: {
          const begin = 3 + (message[1] ?? 0) * 256 + (message[2] ?? 0);
          begun = begunBy(message.subarray(3, begin));
          take(message.subarray(begin));
          return;
        }
        case GO_ON:
          take(message.subarray(1));
          return;
        case FORGET:
          begun = null;
          queue = queue.then(() => hooks.onForget());
          return;
      }
    },
    close() {
      begun = null;
    },
  };
}

function begunBy(head: Uint8Array): Begun | null {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(head));
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { hash, type, size, to } = value;
  if (typeof hash !== "string" || typeof type !== "string" || typeof size !== "number") return null;
  if (!Number.isInteger(size) || size <= 0 || size > SIZE_MOST_BYTES) return null;
  return {
    head: { hash, type, to: typeof to === "string" ? to : "" },
    bytes: new Uint8Array(size),
    filled: 0,
  };
}

/** Without a secure context there is no digest: length and order are what is left. */
async function isWhatItSays({ hash, bytes }: Parcel): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const said = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return said === hash;
}
