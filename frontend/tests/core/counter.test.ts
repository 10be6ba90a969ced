import { beforeEach, describe, expect, it } from "vitest";
import { step } from "../../src/core/counter.ts";
import {
  type Counter,
  type CounterEffect,
  type CounterEvent,
  startCounter,
} from "../../src/core/counter_state.ts";
import { type FromAgent, type FromKiosk, wentWell } from "../../src/core/wire/control.ts";
import { seat } from "./seat.ts";

let state: Counter;
let effects: CounterEffect[];

function play(event: CounterEvent, now = 0): void {
  const [next, more] = step(state, event, now);
  state = next;
  effects.push(...more);
}

const said = (message: FromKiosk, now = 0): void => play({ kind: "said", message }, now);
const sent = (): FromAgent[] =>
  effects.flatMap((effect) => (effect.kind === "send" ? [effect.message] : []));
const kinds = (): string[] => effects.map(({ kind }) => kind);

function grant(act: "see" | "control" | "scan", how = "touch"): void {
  said({ type: "grant", act, state: "given", how, request: 1, at: 100 });
}

function goLive(): void {
  play({ kind: "told", message: seat });
  play({ kind: "call_opened" });
  play({ kind: "call_state", connection: "connected", control: "open" });
  said({ type: "live", at: 0 });
}

beforeEach(() => {
  state = startCounter;
  effects = [];
});

describe("call", () => {
  it("is warm once connected and live when the kiosk says so", () => {
    play({ kind: "told", message: seat });
    play({ kind: "call_opened" });
    play({ kind: "call_state", connection: "connected", control: "open" });
    expect(state.call).toBe("warm");
    said({ type: "live", at: 12 });
    expect(state.call).toBe("live");
    expect(effects).toContainEqual({ kind: "go_live", at: 12 });
  });

  it("goes on when the kiosk's link to the server is lost", () => {
    goLive();
    play({
      kind: "told",
      message: { type: "peer", visit: seat.visit, role: "kiosk", instance: null },
    });
    play({ kind: "link_lost" });
    expect(state.call).toBe("live");
    expect(kinds()).not.toContain("close_call");
  });

  it("loses every leave and every verb with the line", () => {
    goLive();
    grant("see");
    grant("control");
    play({ kind: "verb", verb: { type: "go", where: "reload" }, focus: "same" });
    play({ kind: "call_state", connection: "failed", control: "closed" });
    expect(state.call).toBe("cut");
    expect(state.grants.acts.control).toMatchObject({ state: "revoked", how: "cut" });
    expect(state.verbs.sent).toEqual([]);
    expect(kinds()).toContain("clear_mirror");
  });

  it.each(["elsewhere", "handed_over"])("closes when the server says %s", (code) => {
    goLive();
    const message = "Ce rendez-vous est ouvert dans un autre onglet.";
    play({ kind: "told", message: { type: "refused", code, message, about: "" } });
    expect(state.link).toBe("refused");
    expect(state.linkTrouble).toBe(message);
    expect(kinds()).toContain("close_call");
  });

  it("keeps the call under way when another kiosk does not prove who it is", () => {
    goLive();
    play({ kind: "call_refused", why: "fingerprint" });
    play({ kind: "keys_awaited", isElsewhere: true });
    expect(state.call).toBe("live");
    expect(state.callTrouble).toBe("fingerprint");
  });

  it("says whether the keys are elsewhere or wait to be certified, until they are", () => {
    play({ kind: "keys_awaited", isElsewhere: true });
    expect(state.callTrouble).toBe("keys_missing");
    play({ kind: "keys_awaited", isElsewhere: false });
    expect(state.callTrouble).toBe("keys_pending");
    play({ kind: "keys_found" });
    expect(state.callTrouble).toBe("");
  });

  it("says that this browser cannot keep keys, also when the kiosk begins anew", () => {
    play({ kind: "keys_awaited", isElsewhere: false });
    play({ kind: "keys_unsupported" });
    play({ kind: "call_opened" });
    expect(state).toMatchObject({ callTrouble: "", isKeyless: true });
  });

  it("says that the kiosk refused our line, until the kiosk begins anew", () => {
    const detail = { code: "fingerprint" };
    const rejected = { type: "fact_told", kind: "rejected", at: 3, detail } as const;
    play({ kind: "told", message: rejected });
    expect(state).toMatchObject({ call: "idle", callTrouble: "kiosk_refused" });
    play({ kind: "call_opened" });
    expect(state.callTrouble).toBe("");
  });

  it("says nothing of a refused line while the call goes on", () => {
    goLive();
    const detail = { code: "fingerprint" };
    play({ kind: "told", message: { type: "fact_told", kind: "rejected", at: 3, detail } });
    expect(state).toMatchObject({ call: "live", callTrouble: "" });
  });
});

describe("leave", () => {
  it("asks to see before it asks for the hand, one at a time", () => {
    goLive();
    play({ kind: "want", act: "control" });
    expect(sent()).toMatchObject([{ type: "ask", act: "see" }]);
    grant("see", "declared");
    expect(sent()).toMatchObject([
      { type: "ask", act: "see" },
      { type: "ask", act: "control" },
    ]);
  });

  it("gives up the hand when seeing is refused", () => {
    goLive();
    play({ kind: "want", act: "control" });
    said({ type: "grant", act: "see", state: "refused", how: "touch", request: 1, at: 5 });
    expect(sent()).toHaveLength(1);
    expect(state.grants.wanted).toEqual([]);
  });

  it("declares a yes only while the kiosk waits for one", () => {
    goLive();
    play({ kind: "want", act: "see" });
    const id = state.grants.asking?.id ?? 0;
    said({ type: "prompted", request: 9, act: "see", state: "speaking", id });
    play({ kind: "declare_yes" });
    expect(sent().at(-1)).toMatchObject({ type: "ask" });
    said({ type: "prompted", request: 9, act: "see", state: "waiting", id });
    play({ kind: "declare_yes" });
    expect(sent().at(-1)).toEqual({ type: "declare_yes", request: 9 });
  });

  it("says why a page did not open, in the kiosk's words", () => {
    goLive();
    said({ type: "done", id: 0, ok: false, code: "failed", message: "Le site ne répond pas." });
    expect(state.trouble).toEqual({ code: "failed", message: "Le site ne répond pas." });
  });

  it("lets what was said stand while the pointer only rests", () => {
    goLive();
    grant("see");
    grant("control");
    play({
      kind: "said",
      message: { type: "done", id: 0, ok: false, code: "outside", message: "Pas permis." },
    });
    const at = { type: "hover", node: 5, x: 0.5, y: 0.5 } as const;
    play({ kind: "verb", verb: at, focus: "same" });
    expect(state.trouble?.message).toBe("Pas permis.");
    const click = { type: "click", node: 5, x: 0.5, y: 0.5, count: 1 } as const;
    play({ kind: "verb", verb: click, focus: "unknown" });
    expect(state.trouble).toBeNull();
  });

  it("may ask again after the kiosk was busy", () => {
    goLive();
    play({ kind: "want", act: "see" });
    const id = state.grants.asking?.id ?? 0;
    said({ type: "done", id, ok: false, code: "busy", message: "" });
    expect(state.grants.asking).toBeNull();
    expect(state.trouble?.code).toBe("busy");
    play({ kind: "want", act: "see" });
    expect(sent()).toHaveLength(2);
  });

  it("sends no verb without the hand", () => {
    goLive();
    grant("see");
    play({ kind: "verb", verb: { type: "go", where: "back" }, focus: "same" });
    play({ kind: "typed", text: "a" });
    expect(sent()).toEqual([]);
    expect(state.verbs.held).toBeNull();
  });

  it("takes what is still waiting with it when the hand is given back", () => {
    goLive();
    grant("see");
    grant("control");
    play({ kind: "typed", text: "p" });
    play({ kind: "typed", text: "erdu" });
    play({ kind: "give_back", act: "control" });
    said({ type: "grant", act: "control", state: "revoked", how: "given_back", request: 0, at: 1 });
    play({ kind: "tick" }, 9);
    expect(sent().filter(({ type }) => type === "type")).toHaveLength(1);
  });

  it("takes a line of the mirror for the answer to a verb", () => {
    goLive();
    grant("see");
    grant("control");
    play({ kind: "typed", text: "a" });
    const id = state.verbs.sent[0]?.id ?? 0;
    said(wentWell(id));
    said(wentWell(id));
    expect(state.verbs.sent).toEqual([]);
    expect(state.trouble).toBeNull();
  });

  it("ends with the citizen's stop, and the call goes on", () => {
    goLive();
    grant("see");
    grant("control");
    said({ type: "stopped", how: "stop_key" }, 7);
    expect(state.call).toBe("live");
    expect(state.grants.acts.see).toEqual({ state: "revoked", how: "stop_key", at: 7 });
    expect(kinds()).toContain("clear_mirror");
  });
});

describe("a question of the page", () => {
  const click = { type: "click", node: 7, x: 0.5, y: 0.5, count: 1 } as const;
  const ask = (code: string): void => {
    goLive();
    grant("see");
    grant("control");
    play({ kind: "verb", verb: click, focus: "unknown" });
    const id = state.verbs.sent[0]?.id ?? 0;
    said({ type: "done", id, ok: false, code, message: "Supprimer ?" });
    effects = [];
  };

  it("is answered yes by doing again what made the page ask, once", () => {
    ask("question");
    play({ kind: "say_yes" });
    expect(sent()).toMatchObject([{ ...click, yes: true }]);
    expect(state.trouble).toBeNull();
    play({ kind: "say_yes" });
    expect(sent()).toHaveLength(1);
  });

  it("has no other yes: none for a mere message, none without the hand", () => {
    ask("dialog");
    play({ kind: "say_yes" });
    expect(sent()).toEqual([]);
    ask("question");
    said({ type: "stopped", how: "touch" });
    play({ kind: "say_yes" });
    expect(sent()).toEqual([]);
  });
});

describe("papers", () => {
  it("scans as soon as the leave to scan is given", () => {
    goLive();
    play({ kind: "scan" });
    expect(sent()).toMatchObject([{ type: "ask", act: "scan" }]);
    grant("scan");
    expect(sent().at(-1)).toMatchObject({ type: "scan" });
  });

  it("does not scan by itself after a refusal and a later leave", () => {
    goLive();
    play({ kind: "scan" });
    said({ type: "grant", act: "scan", state: "refused", how: "touch", request: 1, at: 5 });
    play({ kind: "want", act: "scan" });
    grant("scan");
    expect(sent().map(({ type }) => type)).not.toContain("scan");
  });

  it("tells the kiosk's own words when the feeder is empty", () => {
    goLive();
    grant("scan");
    play({ kind: "scan" });
    const id = state.papers.scan?.id ?? 0;
    const message = "Il n’y a pas de feuille sur le support.";
    said({ type: "scan_state", id, state: "failed", page: "", code: "no_paper", message });
    expect(state.papers.scan).toMatchObject({ state: "failed", message });
    play({ kind: "scan" });
    expect(sent().filter(({ type }) => type === "scan")).toHaveLength(2);
  });

  it("may scan the next page while the one before travels", () => {
    goLive();
    grant("scan");
    play({ kind: "scan" });
    const id = state.papers.scan?.id ?? 0;
    const going = { type: "scan_state", id, page: "aa", code: "", message: "" } as const;
    said({ ...going, state: "sending" });
    play({ kind: "scan" });
    said({ ...going, state: "sent" });
    expect(sent().filter(({ type }) => type === "scan")).toHaveLength(2);
    expect(state.papers.scan?.state).toBe("asked");
  });

  it("acknowledges a page only once it is open here", () => {
    goLive();
    const page = { type: "page_arrived", page: "aa", size_bytes: 9, sha256: "ff" } as const;
    play({ kind: "told", message: page });
    expect(effects).toContainEqual({ kind: "open_page", page: "aa", sha256: "ff" });
    expect(kinds()).not.toContain("acknowledge");
    play({ kind: "papers", event: { kind: "opened", page: "aa" } });
    expect(effects).toContainEqual({ kind: "acknowledge", page: "aa" });
  });

  it("opens a page once, however often it is told", () => {
    goLive();
    const page = { type: "page_arrived", page: "aa", size_bytes: 9, sha256: "ff" } as const;
    play({ kind: "told", message: page });
    play({ kind: "told", message: page });
    const listed = {
      page: "aa",
      size_bytes: 9,
      sha256: "ff",
      state: "whole",
      received_at: 0,
    } as const;
    play({ kind: "papers", event: { kind: "listed", pages: [listed] } });
    expect(kinds().filter((kind) => kind === "open_page")).toHaveLength(1);
  });
});

describe("end", () => {
  it("tells the kiosk and notes the outcome", () => {
    goLive();
    play({ kind: "end", outcome: "done" });
    expect(effects).toContainEqual({ kind: "send", message: { type: "end" } });
    expect(effects).toContainEqual({ kind: "note_outcome", outcome: "done" });
    said({ type: "ended", by: "agent" });
    expect(state.call).toBe("ended");
    expect(kinds()).toContain("close_call");
  });

  it("may come without an outcome, which is noted later", () => {
    goLive();
    play({ kind: "end", outcome: "" });
    expect(kinds()).not.toContain("note_outcome");
    said({ type: "ended", by: "agent" });
    play({ kind: "note", outcome: "to_continue" });
    expect(effects).toContainEqual({ kind: "note_outcome", outcome: "to_continue" });
  });

  it("is shown when the server tells that the kiosk ended it", () => {
    goLive();
    const detail = { by: "citizen" };
    play({ kind: "told", message: { type: "fact_told", kind: "ended", at: 3, detail } });
    expect(state).toMatchObject({ call: "ended", endedBy: "citizen" });
  });
});

describe("the page as a picture", () => {
  const picture = { type: "shown_as", way: "picture", why: "asked", covered: false } as const;

  it("is asked for only while the page may be seen", () => {
    goLive();
    play({ kind: "show_as", way: "picture", why: "asked" });
    expect(sent()).toEqual([]);
    grant("see");
    play({ kind: "show_as", way: "picture", why: "unfaithful" });
    expect(sent()).toContainEqual({ type: "show_as", way: "picture", why: "unfaithful" });
  });

  it("stands once the kiosk says so, and says when it is covered", () => {
    goLive();
    grant("see");
    said(picture);
    expect(state.page).toEqual({ way: "picture", why: "asked", isCovered: false });
    said({ ...picture, covered: true });
    expect(state.page.isCovered).toBe(true);
  });

  it("takes what is typed wherever the focus is, without waiting for a node", () => {
    goLive();
    grant("see");
    grant("control");
    play({ kind: "focus", focus: { node: 57, isWritten: true } });
    said(picture);
    play({ kind: "typed", text: "a" });
    expect(sent().at(-1)).toMatchObject({ type: "type", node: 0, text: "a" });
    const verb = { type: "click", node: 0, x: 0.5, y: 0.5, count: 1 } as const;
    play({ kind: "verb", verb, focus: { node: 0, isWritten: true } });
    expect(sent().at(-1)).toMatchObject(verb);
  });

  it("ends with the leave to see, with a cut and with stop", () => {
    for (const end of [
      () =>
        said({ type: "grant", act: "see", state: "revoked", how: "given_back", request: 0, at: 1 }),
      () => said({ type: "stopped", how: "stop_key" }),
      () => play({ kind: "call_state", connection: "failed", control: "closed" }),
      () => said({ type: "ended", by: "agent" }),
    ]) {
      state = startCounter;
      goLive();
      grant("see");
      said(picture);
      end();
      expect(state.page.way).toBe("mirror");
    }
  });
});
