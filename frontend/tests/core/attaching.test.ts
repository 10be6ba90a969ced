import { beforeEach, describe, expect, it } from "vitest";
import { isAttaching } from "../../src/core/attaching.ts";
import { step } from "../../src/core/counter.ts";
import { type Counter, type CounterEvent, startCounter } from "../../src/core/counter_state.ts";
import type { Act, FromAgent } from "../../src/core/wire/control.ts";
import { seat } from "./seat.ts";

let state: Counter;
let sent: FromAgent[];

function play(event: CounterEvent): void {
  const [next, effects] = step(state, event, 0);
  state = next;
  sent.push(...effects.flatMap((each) => (each.kind === "send" ? [each.message] : [])));
}

function give(act: Act, how = "given" as "given" | "revoked"): void {
  const message = { type: "grant", act, state: how, how: "touch", request: 1, at: 1 } as const;
  play({ kind: "said", message });
}

beforeEach(() => {
  state = startCounter;
  sent = [];
  play({ kind: "told", message: seat });
  play({ kind: "call_opened" });
  play({ kind: "call_state", connection: "connected", control: "open" });
  play({ kind: "said", message: { type: "live", at: 0 } });
  give("see");
  give("control");
});

describe("attaching", () => {
  it("sends the pages in the hand to the field that is pointed at, in their order", () => {
    play({ kind: "arm", page: "b" });
    play({ kind: "arm", page: "a" });
    play({ kind: "attach", node: 7, pages: state.armed });
    expect(sent).toEqual([{ type: "attach", id: 1, node: 7, pages: ["b", "a"] }]);
    expect(state.armed).toEqual([]);
    expect(isAttaching(state)).toBe(true);
    const message = { type: "done", id: 1, ok: true, code: "done", message: "" } as const;
    play({ kind: "said", message });
    expect(isAttaching(state)).toBe(false);
  });

  it("lays a page down again when it is taken twice", () => {
    play({ kind: "arm", page: "a" });
    play({ kind: "arm", page: "a" });
    expect(state.armed).toEqual([]);
  });

  it("says that a sheet has to be scanned first", () => {
    play({ kind: "attach", node: 7, pages: [] });
    expect(sent).toEqual([]);
    expect(state.trouble?.code).toBe("page_unknown");
  });

  it("receives a document of the site once papers may be had", () => {
    const document = "d1";
    const message = { type: "document_offered", document, size_bytes: 9 } as const;
    play({ kind: "said", message });
    play({ kind: "receive", document });
    expect(sent).toEqual([{ type: "ask", act: "scan", id: 1 }]);
    expect(state.papers.offered).toEqual([document]);
    give("scan");
    play({ kind: "receive", document });
    expect(sent.at(-1)).toEqual({ type: "receive", id: 2, document });
    expect(state.papers.offered).toEqual([]);
    expect(state.papers.scan?.state).toBe("asked");
  });

  it("keeps nothing in the hand once the leave is gone", () => {
    play({ kind: "arm", page: "a" });
    give("control", "revoked");
    expect(state.armed).toEqual([]);
    play({ kind: "arm", page: "a" });
    play({ kind: "attach", node: 7, pages: ["a"] });
    expect(state.armed).toEqual([]);
    expect(sent).toEqual([]);
  });
});
