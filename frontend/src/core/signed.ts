/** What is signed, byte for byte, as `wire/src/cordee_wire/signed.py` defines it. */

/** What an end of the call signs; `fingerprint` as `sha-256 AB:CD…`. */
export function dtlsPayload(visit: string, role: "kiosk" | "agent", fingerprint: string): string {
  return `cordee-dtls-v1\n${visit}\n${role}\n${fingerprint}\n`;
}

/** What a new signing key signs, so that nobody offers a key without holding it. */
export function keyProofPayload(agent: string, recipient: string, verifyKey: string): string {
  return `cordee-key-v1\n${agent}\n${recipient}\n${verifyKey}\n`;
}

/** What is hashed for the fingerprint that a person compares before certifying the keys. */
export function fingerprintPayload(agent: string, recipient: string, verifyKey: string): string {
  return `cordee-fingerprint-v1\n${agent}\n${recipient}\n${verifyKey}\n`;
}

/** Returns the first 16 bytes of a digest as hexadecimal in groups of four. */
export function shortGroups(digest: Uint8Array): string {
  const text = Array.from(digest.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  const groups = text.join("").match(/.{4}/g);
  return (groups ?? []).join(" ");
}

/** What is hashed for the four digits that both screens show. */
export function codePayload(visit: string, kiosk: string, agent: string): string {
  return `cordee-code-v1\n${visit}\n${kiosk}\n${agent}\n`;
}

/** Returns the four digits from the SHA-256 of `codePayload`. */
export function shortCode(digest: Uint8Array): string {
  let number = 0n;
  for (const byte of digest.slice(0, 8)) number = number * 256n + BigInt(byte);
  return String(number % 10_000n).padStart(4, "0");
}

/**
 * Returns the one fingerprint (RFC 8122) of a session description, as `sha-256 AB:CD…`, or null
 * when it has none or two that differ.
 */
export function fingerprintOf(sdp: string): string | null {
  const found = new Set<string>();
  for (const line of sdp.split(/\r\n|\n/)) {
    const match = /^a=fingerprint:\s*(\S+)\s+([0-9A-Fa-f:]+)\s*$/.exec(line);
    if (match?.[1] && match[2]) found.add(`${match[1].toLowerCase()} ${match[2].toUpperCase()}`);
    else if (line.startsWith("a=fingerprint")) return null;
  }
  const [only, ...others] = found;
  return only !== undefined && others.length === 0 ? only : null;
}
