import { createHash } from "node:crypto";
import { Encrypter, identityToRecipient } from "age-encryption";
import { beforeAll, describe, expect, it } from "vitest";
import type { AgentKeys } from "../../src/browser/keys.ts";
import { fingerprintOf, isSignedBy, offerOf, sign } from "../../src/browser/keys.ts";
import { openSealed, pictureType } from "../../src/browser/seal.ts";
import { toBase64url } from "../../src/core/base64url.ts";
import { keyProofPayload } from "../../src/core/signed.ts";

async function freshKeys(): Promise<AgentKeys> {
  const signing = (await crypto.subtle.generateKey("Ed25519", false, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const opening = (await crypto.subtle.generateKey("X25519", false, [
    "deriveBits",
  ])) as CryptoKeyPair;
  const raw = await crypto.subtle.exportKey("raw", signing.publicKey);
  const recipient = await identityToRecipient(opening.privateKey);
  return { agent: "a1", signing, opening, recipient, verifyKey: toBase64url(new Uint8Array(raw)) };
}

async function seal(
  bytes: Uint8Array,
  ...recipients: string[]
): Promise<[Uint8Array<ArrayBuffer>, string]> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const sealed = new Uint8Array(await encrypter.encrypt(bytes));
  return [sealed, createHash("sha256").update(sealed).digest("hex")];
}

const picture = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
let mine: AgentKeys;
let others: AgentKeys;

beforeAll(async () => {
  mine = await freshKeys();
  others = await freshKeys();
});

describe("a sealed page", () => {
  it("opens with the key that never leaves the browser", async () => {
    const [sealed, sha256] = await seal(picture, others.recipient, mine.recipient);
    expect(await openSealed(sealed, sha256, mine)).toEqual(picture);
    expect(mine.opening.privateKey.extractable).toBe(false);
  });

  it("stays closed to others", async () => {
    const [sealed, sha256] = await seal(picture, others.recipient);
    await expect(openSealed(sealed, sha256, mine)).rejects.toMatchObject({ reason: "not_yours" });
  });

  it("is refused when a byte changed on the way", async () => {
    const [sealed, sha256] = await seal(picture, mine.recipient);
    const last = sealed.length - 1;
    sealed.set([(sealed[last] ?? 0) ^ 1], last);
    await expect(openSealed(sealed, sha256, mine)).rejects.toMatchObject({ reason: "damaged" });
    const digest = createHash("sha256").update(sealed).digest("hex");
    await expect(openSealed(sealed, digest, mine)).rejects.toMatchObject({ reason: "damaged" });
  });

  it("is shown only as a picture", () => {
    expect(pictureType(picture)).toBe("image/png");
    expect(pictureType(new TextEncoder().encode("%PDF-1.4"))).toBe("application/pdf");
    expect(pictureType(new TextEncoder().encode("<html>"))).toBeNull();
  });
});

describe("signatures", () => {
  it("are those of their key and payload alone", async () => {
    const signature = await sign(mine, "cordee-dtls-v1\n");
    expect(await isSignedBy(mine.verifyKey, "cordee-dtls-v1\n", signature)).toBe(true);
    expect(await isSignedBy(mine.verifyKey, "cordee-dtls-v2\n", signature)).toBe(false);
    expect(await isSignedBy(others.verifyKey, "cordee-dtls-v1\n", signature)).toBe(false);
    expect(await isSignedBy("short", "cordee-dtls-v1\n", signature)).toBe(false);
  });

  it("prove that the offered key is held", async () => {
    const offer = await offerOf(mine);
    const payload = keyProofPayload("a1", offer.recipient, offer.verify_key);
    expect(await isSignedBy(offer.verify_key, payload, offer.proof)).toBe(true);
    expect(offer.recipient).toMatch(/^age1[0-9a-z]{58}$/);
  });

  it("are compared by the fingerprint that the person who certifies sees", async () => {
    const text = `cordee-fingerprint-v1\na1\n${mine.recipient}\n${mine.verifyKey}\n`;
    const groups = createHash("sha256").update(text).digest("hex").slice(0, 32).match(/.{4}/g);
    expect(await fingerprintOf(mine)).toBe(groups?.join(" "));
  });
});
