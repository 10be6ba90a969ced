import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openLink } from "../../src/browser/link.ts";

class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  isClosed = false;
  onopen: () => void = () => undefined;
  onclose: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;

  constructor() {
    FakeSocket.made.push(this);
  }
  opened(): this {
    this.readyState = 1;
    this.onopen();
    return this;
  }
  says(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }
  send(text: string): void {
    this.sent.push(text);
  }
  /** As a browser does on a dead line: the closing handshake is waited for, nothing happens. */
  close(): void {
    this.isClosed = true;
  }
}

const told: string[] = [];
const hooks = {
  onOpen: () => told.push("open"),
  onLost: () => told.push("lost"),
  onMessage: () => told.push("message"),
};
const newest = (): FakeSocket => FakeSocket.made.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.made = [];
  told.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the counter's link", () => {
  it("is opened anew when a line that was cut says nothing more", () => {
    const link = openLink("ws://here/", hooks);
    const first = newest().opened();
    vi.advanceTimersByTime(10_000);
    expect(first.sent.map((text) => JSON.parse(text).type)).toEqual(["time_asked", "time_asked"]);
    vi.advanceTimersByTime(5_000);
    expect(first.isClosed).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(FakeSocket.made).toHaveLength(2);
    newest().opened();
    expect(told).toEqual(["open", "lost", "open"]);
    // What the old one still says, and that it closes after all, no longer counts.
    first.says({ type: "time_told", sent: 1, now: 2 });
    first.onclose();
    expect(told).toEqual(["open", "lost", "open"]);
    link.close();
  });

  it("stays while the server answers", () => {
    const link = openLink("ws://here/", hooks);
    const only = newest().opened();
    for (let past = 0; past < 60; past += 5) {
      vi.advanceTimersByTime(5_000);
      if (only.sent.length > 0) only.says({ type: "time_told", sent: 1, now: 2 });
    }
    expect(FakeSocket.made).toHaveLength(1);
    expect(told).not.toContain("lost");
    link.close();
    vi.advanceTimersByTime(60_000);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it("that never opens is tried again", () => {
    const link = openLink("ws://here/", hooks);
    vi.advanceTimersByTime(16_000);
    expect(FakeSocket.made.length).toBeGreaterThan(1);
    link.close();
  });
});
