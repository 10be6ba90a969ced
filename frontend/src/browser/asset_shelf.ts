/**
 * Pictures and fonts that have come, by their hash, kept for the whole call: a page seen again
 * costs nothing. The kiosk says when all is to be forgotten.
 */

import type { Parcel } from "./bulk.ts";

/** What may be shown as a picture; fonts are not asked for their type. */
const PICTURES = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "image/bmp",
  "image/x-icon",
  "image/svg+xml",
]);
/** More than the kiosk lets anyone keep. */
const KEPT_MOST_BYTES = 64_000_000;
/** The mirror's lines name hashes by their first digits. */
export const HASH_CHARS = 32;

export interface Asset {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export class AssetShelf {
  #kept = new Map<string, Asset>();
  #size = 0;
  /** Called with the hash of what has just come. */
  onCame: (hash: string) => void = () => undefined;

  put({ hash, type, bytes }: Parcel): void {
    const name = hash.slice(0, HASH_CHARS);
    if (this.#kept.has(name) || this.#size + bytes.length > KEPT_MOST_BYTES) return;
    if (!PICTURES.has(type) && !type.startsWith("font/")) return;
    this.#kept.set(name, { type, bytes });
    this.#size += bytes.length;
    this.onCame(name);
  }

  get(hash: string): Asset | undefined {
    return this.#kept.get(hash);
  }

  clear(): void {
    this.#kept.clear();
    this.#size = 0;
  }
}
