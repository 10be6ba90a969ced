import { describe, expect, it, vi } from "vitest";
import { type Parcel, readBulk } from "../../src/browser/bulk.ts";

const FORGET = Uint8Array.of(3).buffer;

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function begin(head: object, bytes: Uint8Array): ArrayBuffer {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const message = new Uint8Array(3 + json.length + bytes.length);
  message.set([1, json.length >> 8, json.length & 255]);
  message.set(json, 3);
  message.set(bytes, 3 + json.length);
  return message.buffer;
}

function goOn(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.of(2, ...bytes).buffer;
}

function reading() {
  const parcels: Parcel[] = [];
  const onForget = vi.fn();
  const reader = readBulk({ onParcel: (parcel) => parcels.push(parcel), onForget });
  return { parcels, onForget, reader };
}

const BYTES = Uint8Array.from({ length: 600 }, (_, at) => at % 251);

describe("the bulk channel", () => {
  it("gives a parcel on when it is whole", async () => {
    const { parcels, reader } = reading();
    const hash = await hashOf(BYTES);
    const head = { hash, type: "image/png", size: 600, to: "" };
    reader.push(begin(head, BYTES.subarray(0, 200)));
    reader.push(goOn(BYTES.subarray(200, 500)));
    reader.push(goOn(BYTES.subarray(500)));
    await vi.waitFor(() =>
      expect(parcels).toEqual([{ hash, type: "image/png", to: "", bytes: BYTES }]),
    );
  });

  it("drops what another begins before, what is too long, and what is not its hash", async () => {
    const { parcels, onForget, reader } = reading();
    const hash = await hashOf(BYTES);
    const head = { hash, type: "image/png", size: 600, to: "island/3" };
    reader.push(begin(head, BYTES.subarray(0, 200)));
    reader.push(begin({ ...head, size: 300 }, BYTES.subarray(0, 301)));
    reader.push(begin({ ...head, hash: "0".repeat(64) }, BYTES));
    reader.push(begin({ ...head, size: 1e12 }, BYTES));
    reader.push(begin({ ...head, size: -1 }, BYTES));
    reader.push(goOn(BYTES));
    reader.push(Uint8Array.of(1, 255, 255, 1).buffer);
    reader.push(Uint8Array.of(9).buffer);
    reader.push(new ArrayBuffer(0));
    reader.push(FORGET);
    await vi.waitFor(() => expect(onForget).toHaveBeenCalledTimes(1));
    expect(parcels).toEqual([]);
    reader.push(begin(head, BYTES));
    await vi.waitFor(() => expect(parcels.map(({ to }) => to)).toEqual(["island/3"]));
  });

  it("keeps the order, whatever their hashes cost", async () => {
    const { parcels, onForget, reader } = reading();
    const large = new Uint8Array(2_000_000);
    reader.push(begin({ hash: await hashOf(large), type: "a", size: large.length }, large));
    reader.push(begin({ hash: await hashOf(BYTES), type: "b", size: 600 }, BYTES));
    reader.push(FORGET);
    await vi.waitFor(() => expect(onForget).toHaveBeenCalledTimes(1));
    expect(parcels.map(({ type }) => type)).toEqual(["a", "b"]);
  });
});
