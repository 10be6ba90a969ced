/** Bytes of base64 text (RFC 4648 section 4), as the daemon sends them. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
