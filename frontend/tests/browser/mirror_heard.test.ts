import { describe, expect, it } from "vitest";
import { countHeard, parseHeard, watchLag } from "../../src/browser/mirror_heard.ts";

function piece(epoch: number, size: number): ArrayBuffer {
  const bytes = new Uint8Array(size);
  bytes[0] = epoch;
  return bytes.buffer;
}

describe("what was read of the mirror", () => {
  it("is told every four kilobytes, and from nothing in a new epoch", () => {
    const told: string[] = [];
    const heard = countHeard((text) => told.push(text));
    heard(piece(3, 4_000));
    expect(told).toEqual([]);
    heard(piece(3, 100));
    heard(piece(3, 9_000));
    heard(piece(4, 5_000));
    expect(told).toEqual(["3 4100", "3 13100", "4 5000"]);
    heard(new ArrayBuffer(0));
    expect(told).toHaveLength(3);
  });

  it("is understood, and nothing else is", () => {
    expect(parseHeard("3 13100")).toEqual({ epoch: 3, bytes: 13_100 });
    for (const other of ["", "3", "-3 5", "3 1e9", "3 5 7", "1234 5", new ArrayBuffer(2), null]) {
      expect(parseHeard(other)).toBeNull();
    }
  });
});

describe("the mirror's lag", () => {
  it("counts what an epoch's reader has not told yet", () => {
    const lag = watchLag();
    const size = (epoch: number, bytes: number) => new Uint8Array(piece(epoch, bytes));
    lag.sent(size(3, 8_000));
    expect(lag.waits()).toBe(false);
    lag.sent(size(3, 8_000));
    expect(lag.waits()).toBe(true);
    lag.heard(2, 16_000);
    expect(lag.waits()).toBe(true);
    lag.heard(3, 12_000);
    expect(lag.waits()).toBe(false);
    lag.sent(size(4, 100));
    expect(lag.waits()).toBe(false);
  });
});
