import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromBase64url, toBase64url } from "../../src/core/base64url.ts";
import {
  codePayload,
  fingerprintOf,
  fingerprintPayload,
  shortCode,
  shortGroups,
} from "../../src/core/signed.ts";

const A = "sha-256 AB:CD:0F";

describe("fingerprint of a description", () => {
  it("is read in capitals, from any number of equal lines", () => {
    const sdp =
      "v=0\r\na=fingerprint:SHA-256 ab:cd:0f\r\nm=audio\r\na=fingerprint:sha-256 AB:CD:0F\r\n";
    expect(fingerprintOf(sdp)).toBe(A);
  });

  it("is none when two differ", () => {
    const sdp = "a=fingerprint:sha-256 AB:CD\r\na=fingerprint:sha-256 AB:CE\r\n";
    expect(fingerprintOf(sdp)).toBeNull();
  });

  it("is none when a line cannot be read", () => {
    expect(fingerprintOf("a=fingerprint:sha-256 AB:CD\r\na=fingerprint:zz\r\n")).toBeNull();
    expect(fingerprintOf("v=0\r\n")).toBeNull();
  });
});

describe("short code", () => {
  it("is four digits of the digest, as the kiosk computes them", () => {
    const digest = createHash("sha256")
      .update(codePayload("v", A, "sha-256 01:02"))
      .digest();
    const expected = digest.readBigUInt64BE(0) % 10_000n;
    expect(shortCode(digest)).toBe(expected.toString().padStart(4, "0"));
  });
});

describe("fingerprint of keys", () => {
  it("is the one that the person who certifies sees", () => {
    const digest = createHash("sha256")
      .update(fingerprintPayload("a", "b", "c"))
      .digest();
    expect(shortGroups(digest)).toBe("aaa4 7c96 23d4 a408 80e2 67c2 6838 6ab8");
  });
});

describe("base64url", () => {
  it("gives back what it took, at every length", () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 255);
      const text = toBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64url"));
      expect(fromBase64url(text)).toEqual(bytes);
    }
  });

  it("refuses other letters", () => {
    expect(fromBase64url("a+b/")).toBeNull();
  });
});
