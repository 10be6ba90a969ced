import { describe, expect, test } from "vitest";
import { hasUfrag, preferSpeech } from "../../src/core/sdp.ts";

const SDP = [
  "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
  "a=ice-ufrag:aB+1",
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1",
  "m=video 9 UDP/TLS/RTP/SAVPF 96",
  "a=fmtp:96 x=1",
  "",
].join("\r\n");

describe("a description that is sent", () => {
  test("asks for speech without silence and with repair", () => {
    const lines = preferSpeech(SDP).split("\r\n");
    expect(lines).toContain("a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1");
    expect(lines).toHaveLength(SDP.split("\r\n").length);
    expect(lines).toContain("a=fmtp:96 x=1");
  });

  test("says so once, however often it is said", () => {
    expect(preferSpeech(preferSpeech(SDP))).toBe(preferSpeech(SDP));
  });

  test("stays as it is without Opus", () => {
    const other = SDP.replace("opus", "PCMU");
    expect(preferSpeech(other)).toBe(other);
  });

  test("belongs to the candidates of its own user fragment only", () => {
    expect(hasUfrag(SDP, "aB+1")).toBe(true);
    expect(hasUfrag(SDP, "aB")).toBe(false);
  });
});
