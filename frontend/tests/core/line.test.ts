import { expect, test } from "vitest";
import { type LineSample, measureLine } from "../../src/core/line.ts";

const zero: LineSample = {
  at: 0,
  bytesSent: 0,
  packetsSent: 0,
  packetsLost: 0,
  rttMs: 20,
  roomBps: 0,
};

test("bits and losses are counted between two looks", () => {
  const before = { ...zero, at: 10, bytesSent: 1000, packetsSent: 100, packetsLost: 5 };
  const after = {
    ...zero,
    at: 12,
    bytesSent: 26_000,
    packetsSent: 300,
    packetsLost: 15,
    rttMs: 60,
  };
  expect(measureLine(before, after)).toMatchObject({
    upBps: 100_000,
    rttMs: 60,
    lost: 0.05,
    roomBps: 0,
  });
});

test("a new transport counts from zero", () => {
  const before = { ...zero, bytesSent: 50_000, packetsSent: 500 };
  expect(measureLine(before, { ...zero, at: 2, bytesSent: 1000, packetsSent: 10 }).upBps).toBe(
    4000,
  );
});

test("a late packet that arrived after all is no negative loss", () => {
  const before = { ...zero, packetsSent: 10, packetsLost: 4 };
  expect(measureLine(before, { ...zero, at: 2, packetsSent: 20, packetsLost: 2 }).lost).toBe(0);
});

test("two looks at the same instant measure nothing", () => {
  expect(measureLine(zero, { ...zero, bytesSent: 9 }).upBps).toBe(0);
});
