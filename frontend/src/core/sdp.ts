/** What is read from and added to a session description (RFC 8866) before it is sent. */

/**
 * Says in our description that we like to receive Opus with in-band FEC and silence left out
 * (RFC 7587 section 6.1: `useinbandfec`, `usedtx`). The other end's encoder obeys.
 */
export function preferSpeech(sdp: string): string {
  const payload = /^a=rtpmap:(\d+) opus\/48000/im.exec(sdp)?.[1];
  if (payload === undefined) return sdp;
  return sdp.replace(new RegExp(`^(a=fmtp:${payload} )(.*)$`, "m"), (_line, head, rest) => {
    const kept = String(rest)
      .trim()
      .split(";")
      .filter((item) => item && !/^(useinbandfec|usedtx)=/.test(item));
    return `${head}${[...kept, "useinbandfec=1", "usedtx=1"].join(";")}`;
  });
}

/** Whether `sdp` belongs to the ICE generation of this user fragment. */
export function hasUfrag(sdp: string, ufrag: string): boolean {
  return sdp.split(/\r?\n/).some((line) => line === `a=ice-ufrag:${ufrag}`);
}
