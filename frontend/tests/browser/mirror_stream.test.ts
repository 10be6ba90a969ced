import { constants, createDeflateRaw, type DeflateRaw } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { readMirror } from "../../src/browser/mirror_stream.ts";

/** One compression context, flushed after each batch as the kiosk does. */
function context(): (text: string) => Promise<Buffer> {
  const deflate: DeflateRaw = createDeflateRaw();
  return (text) =>
    new Promise((resolve) => {
      deflate.write(text);
      deflate.flush(constants.Z_SYNC_FLUSH, () => resolve(deflate.read()));
    });
}

function framed(epoch: number, bytes: Uint8Array): ArrayBuffer {
  const message = new Uint8Array(bytes.length + 1);
  message[0] = epoch;
  message.set(bytes, 1);
  return message.buffer;
}

function reading() {
  const lines: string[] = [];
  const onEpoch = vi.fn();
  const onBroken = vi.fn();
  return { lines, onEpoch, onBroken, onLine: (line: string) => lines.push(line) };
}

describe("the mirror's stream", () => {
  it("gives each line as soon as its batch has come, across messages", async () => {
    const seen = reading();
    const stream = readMirror(seen);
    const deflate = context();
    stream.push(framed(1, await deflate('{"t":"focus","id":1}\n{"t":"foc')));
    await vi.waitFor(() => expect(seen.lines).toEqual(['{"t":"focus","id":1}']));
    const rest = await deflate('us","id":2}\n');
    stream.push(framed(1, rest.subarray(0, 3)));
    stream.push(framed(1, rest.subarray(3)));
    await vi.waitFor(() => expect(seen.lines.at(-1)).toBe('{"t":"focus","id":2}'));
    expect(seen.onEpoch).toHaveBeenCalledTimes(1);
  });

  it("begins again with a new epoch, whatever the old one left behind", async () => {
    const seen = reading();
    const stream = readMirror(seen);
    stream.push(framed(255, await context()('{"old":')));
    stream.push(framed(0, await context()('{"new":1}\n')));
    await vi.waitFor(() => expect(seen.lines).toEqual(['{"new":1}']));
    expect(seen.onEpoch).toHaveBeenCalledTimes(2);
  });

  it("says once that it is broken", async () => {
    const seen = reading();
    const stream = readMirror(seen);
    stream.push(framed(1, Uint8Array.from([255, 255, 255, 255])));
    stream.push(framed(1, Uint8Array.from([1, 2, 3])));
    await vi.waitFor(() => expect(seen.onBroken).toHaveBeenCalledTimes(1));
    stream.push(framed(2, await context()("{}\n")));
    await vi.waitFor(() => expect(seen.lines).toEqual(["{}"]));
  });
});
