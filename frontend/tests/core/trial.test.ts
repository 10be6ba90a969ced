import { describe, expect, it } from "vitest";
import { type Flow, isWay, judge, type Result, type Way } from "../../src/core/trial.ts";

const flow = (way: Way, result: Result): Flow => ({ way, result, label: `${way} 443` });
const all = (web: Result, udp: Result, tcp: Result, tls: Result): Flow[] => [
  flow("web", web),
  flow("udp", udp),
  flow("tcp", tcp),
  flow("tls", tls),
];

describe("a computer that was tried", () => {
  it("is ready when the best way is open, whatever else is closed", () => {
    expect(judge({ camera: "ok", flows: all("ok", "ok", "ok", "ok") })).toEqual({
      verdict: "ready",
      wanted: [],
    });
    expect(judge({ camera: "ok", flows: all("ok", "ok", "bad", "bad") }).verdict).toBe("ready");
  });

  it("is not judged before everything was tried", () => {
    expect(judge({ camera: "trying", flows: all("ok", "ok", "ok", "ok") }).verdict).toBe("trying");
    expect(judge({ camera: "ok", flows: all("bad", "trying", "ok", "ok") })).toEqual({
      verdict: "trying",
      wanted: [],
    });
  });

  it("can call through a narrow way, and what would be better is asked for", () => {
    expect(judge({ camera: "ok", flows: all("ok", "bad", "bad", "ok") })).toEqual({
      verdict: "narrow",
      wanted: ["udp 443", "tcp 443"],
    });
  });

  it("is walled in when no way to the relay is open", () => {
    expect(judge({ camera: "bad", flows: all("ok", "bad", "bad", "bad") }).verdict).toBe("walled");
  });

  it("is cut off when the server's own socket does not open", () => {
    expect(judge({ camera: "ok", flows: all("bad", "ok", "ok", "ok") })).toEqual({
      verdict: "cut",
      wanted: ["web 443"],
    });
  });

  it("lacks a camera or microphone though the network is well", () => {
    expect(judge({ camera: "bad", flows: all("ok", "ok", "ok", "ok") }).verdict).toBe("deaf");
  });

  it("calls directly where there is no relay", () => {
    expect(judge({ camera: "ok", flows: [flow("web", "ok")] }).verdict).toBe("direct");
  });
});

describe("a way", () => {
  it("is one of four", () => {
    expect(isWay("tls")).toBe(true);
    expect(isWay("smoke")).toBe(false);
  });
});
