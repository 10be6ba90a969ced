import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { untilCertified } from "../../src/browser/certified.ts";
import { KeysUnsupported } from "../../src/browser/keys.ts";

const KEYLESS = { state: "none", agent: "a1" };

const asked = vi.fn<typeof fetch>();
const onWait = vi.fn();
const waiting = () => untilCertified(onWait, () => false);

/** An IndexedDB that keeps nothing and finds nothing, or refuses to open. */
function storage(refusal?: DOMException): { open(): object } {
  const later = <T extends object>(request: T, name: keyof T): T => {
    queueMicrotask(() => (request[name] as () => void)());
    return request;
  };
  const store = { get: () => ({ result: undefined }), put: () => ({ result: "a1" }) };
  const transaction = () => later({ objectStore: () => store, oncomplete() {} }, "oncomplete");
  const database = { transaction, close() {} };
  return {
    open: () =>
      refusal === undefined
        ? later({ result: database, onsuccess() {} }, "onsuccess")
        : later({ error: refusal, onerror() {} }, "onerror"),
  };
}

beforeEach(() => {
  asked.mockReset().mockImplementation(async () => Response.json(KEYLESS));
  onWait.mockReset();
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", { cookie: "" });
  vi.stubGlobal("indexedDB", storage());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a browser that cannot keep keys is asked once", () => {
  it("without IndexedDB", async () => {
    vi.stubGlobal("indexedDB", undefined);
    await expect(waiting()).rejects.toBeInstanceOf(KeysUnsupported);
  });

  it("with an IndexedDB that it closes to the page", async () => {
    vi.stubGlobal("indexedDB", storage(new DOMException("closed", "InvalidStateError")));
    await expect(waiting()).rejects.toBeInstanceOf(KeysUnsupported);
  });

  it("without WebCrypto, as on a page that is not https", async () => {
    vi.stubGlobal("crypto", {});
    await expect(waiting()).rejects.toBeInstanceOf(KeysUnsupported);
  });

  it("without the algorithms", async () => {
    const unknown = new DOMException("Unrecognized name", "NotSupportedError");
    vi.stubGlobal("crypto", { subtle: { generateKey: () => Promise.reject(unknown) } });
    await expect(waiting()).rejects.toBeInstanceOf(KeysUnsupported);
  });

  afterEach(() => {
    expect(asked).toHaveBeenCalledTimes(1);
    expect(onWait).not.toHaveBeenCalled();
  });
});

it("asks again where the store is only busy", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("indexedDB", storage(new DOMException("busy", "AbortError")));
  let isOver = false;
  const certified = untilCertified(
    () => {
      isOver = true;
    },
    () => isOver,
  );
  await vi.advanceTimersByTimeAsync(7_000);
  expect(isOver).toBe(false);
  vi.stubGlobal("indexedDB", storage());
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isOver).toBe(true);
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await certified).toBeNull();
});

it("asks again while the server does not answer, and offers the keys once it does", async () => {
  vi.useFakeTimers();
  asked.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  let isOver = false;
  const certified = untilCertified(
    () => {
      isOver = true;
    },
    () => isOver,
  );
  await vi.waitFor(async () => {
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isOver).toBe(true);
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await certified).toBeNull();
  const methods = asked.mock.calls.map(([, init]) => init?.method);
  expect(methods).toEqual(["GET", "GET", "POST"]);
});
