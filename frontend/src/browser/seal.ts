/** Opening sealed pages: age (age-encryption.org/v1) with the key that this browser holds. */
import { Decrypter } from "age-encryption";
import type { AgentKeys } from "./keys.ts";

export type SealReason = "not_yours" | "damaged";

/** The page stays closed: sealed to other keys, or damaged on its way. */
export class SealUnopened extends Error {
  readonly reason: SealReason;

  constructor(reason: SealReason, cause?: unknown) {
    super(`seal ${reason}`, { cause });
    this.reason = reason;
  }
}

/**
 * Returns the picture inside a sealed page. `sha256` (hex) is that of the ciphertext.
 * Throws SealUnopened.
 */
export async function openSealed(
  sealed: Uint8Array<ArrayBuffer>,
  sha256: string,
  keys: AgentKeys,
): Promise<Uint8Array<ArrayBuffer>> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", sealed));
  if (hex(digest) !== sha256.toLowerCase()) throw new SealUnopened("damaged");
  const decrypter = new Decrypter();
  decrypter.addIdentity(keys.opening.privateKey);
  try {
    return new Uint8Array(await decrypter.decrypt(sealed));
  } catch (error) {
    const isOthers = error instanceof Error && error.message.includes("no identity matched");
    throw new SealUnopened(isOthers ? "not_yours" : "damaged", error);
  }
}

export const DOCUMENT_TYPE = "application/pdf";

/** Returns the media type of a picture or PDF from its first bytes, or null for anything else. */
export function pictureType(bytes: Uint8Array): string | null {
  const begins = (...head: number[]) => head.every((byte, at) => bytes[at] === byte);
  if (begins(0x89, 0x50, 0x4e, 0x47)) return "image/png";
  if (begins(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (begins(0x52, 0x49, 0x46, 0x46)) return "image/webp";
  if (begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return DOCUMENT_TYPE;
  return null;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
