import { describe, expect, it } from "vitest";
import {
  dueAt,
  type FocusAfter,
  focusOf,
  noVerbs,
  SENT_MOST,
  stepVerbs,
  TEXT_HELD_MOST_S,
  type Verbs,
  type VerbsEvent,
} from "../../src/core/verbs.ts";
import type { FromAgent } from "../../src/core/wire/control.ts";

function play(events: readonly [VerbsEvent, number][]): [Verbs, FromAgent[]] {
  let state = noVerbs;
  const sent: FromAgent[] = [];
  for (const [event, now] of events) {
    const [next, messages] = stepVerbs(state, event, now);
    state = next;
    sent.push(...messages);
  }
  return [state, sent];
}

const typed = (text: string): VerbsEvent => ({ kind: "typed", text });
const tick: VerbsEvent = { kind: "tick" };
const focus = (node: number, isWritten = true): VerbsEvent => ({
  kind: "focus",
  focus: { node, isWritten },
});
const space: VerbsEvent = { kind: "space" };
const click = (node: number, after: FocusAfter): VerbsEvent => ({
  kind: "verb",
  verb: { type: "click", node, x: 0.5, y: 0.5, count: 1 },
  focus: after,
});
const tab: VerbsEvent = {
  kind: "verb",
  verb: { type: "press", key: "Tab", shift: false },
  focus: "unknown",
};
const done = (id: number): VerbsEvent => ({
  kind: "done",
  done: { type: "done", id, ok: true, code: "done", message: "" },
});
const refused = { type: "done", ok: false, code: "blind", message: "" } as const;
const brief = (sent: readonly FromAgent[]): string[] =>
  sent.map((each) => (each.type === "type" ? `${each.node} ${each.text}` : each.type));

describe("text", () => {
  it("is sent at once, and what follows as one verb when that is answered", () => {
    const [state, sent] = play([
      [focus(7), 0],
      [typed("É"), 0],
      [typed("t"), 0.1],
      [typed("é"), 0.2],
      [tick, 0.5],
    ]);
    expect(sent).toEqual([{ type: "type", id: 1, node: 7, text: "É" }]);
    const [after, next] = stepVerbs(state, done(1), 0.6);
    expect(next).toEqual([{ type: "type", id: 2, node: 7, text: "té" }]);
    expect(after.held).toBeNull();
    expect(dueAt(after)).toBeNull();
  });

  it("for another field waits for no answer", () => {
    const [, sent] = play([
      [focus(1), 0],
      [typed("12"), 0],
      [click(2, { node: 2, isWritten: true }), 0.1],
      [typed("03"), 0.2],
      [typed("1987"), 0.3],
      [done(1), 0.4],
    ]);
    expect(brief(sent)).toEqual(["1 12", "click", "2 03"]);
  });

  it("is not held for ever by an answer that does not come", () => {
    const [state] = play([
      [focus(7), 0],
      [typed("a"), 0],
      [typed("b"), 1],
      [typed("c"), 2],
    ]);
    expect(dueAt(state)).toBeCloseTo(6);
    expect(brief(stepVerbs(state, tick, 6)[1])).toEqual(["7 bc"]);
  });

  it("that was refused does not hold up what follows", () => {
    const [, sent] = play([
      [focus(7), 0],
      [typed("a"), 0],
      [typed("b"), 0.1],
      [{ kind: "done", done: { ...refused, id: 1 } }, 0.2],
    ]);
    expect(brief(sent)).toEqual(["7 a", "7 b"]);
  });

  it("is sent before any other verb, with rising numbers", () => {
    const [state, sent] = play([
      [typed("cœ"), 0],
      [typed("ur"), 0],
      [click(3, "same"), 0.01],
      [tab, 0.02],
    ]);
    expect(sent.map((each) => [each.type, "id" in each ? each.id : 0])).toEqual([
      ["type", 1],
      ["type", 2],
      ["click", 3],
      ["press", 4],
    ]);
    expect(state.sent.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it("of a long paste loses and reorders no character, nor cuts one in two", () => {
    const long = "«\u00a0L’œuvre à 12\u00a0€\u00a0» 👩🏽‍🌾 ".repeat(300);
    const [, sent] = play([
      [typed(long), 0],
      [tick, TEXT_HELD_MOST_S],
    ]);
    const parts = sent.flatMap((each) => (each.type === "type" ? [each.text] : []));
    expect(parts.join("")).toBe(long);
    expect(parts.length).toBeGreaterThan(1);
    // Half a character cannot be written as an address.
    for (const part of parts) expect(encodeURIComponent(part)).not.toBe("");
    for (const each of sent) expect(JSON.stringify(each).length).toBeLessThan(16_384);
  });

  it("of an immense paste goes out as fast as the kiosk answers, whole", () => {
    const long = "œ€".repeat(60_000);
    let [state, messages] = stepVerbs(noVerbs, typed(long), 0);
    const sent = [...messages];
    expect(sent.length).toBeLessThanOrEqual(SENT_MOST);
    for (let now = 1; state.sent.length > 0 || state.held !== null; now += 1) {
      const first = state.sent[0];
      [state, messages] = stepVerbs(state, first === undefined ? tick : done(first.id), now);
      sent.push(...messages);
      expect(state.sent.length).toBeLessThanOrEqual(SENT_MOST);
    }
    expect(sent.map((each) => (each.type === "type" ? each.text : "")).join("")).toBe(long);
  });

  it("goes to the field that was clicked, before the kiosk has told its focus", () => {
    const [, sent] = play([
      [focus(1), 0],
      [click(2, { node: 2, isWritten: true }), 0],
      [typed("Guillestre"), 0.01],
      [focus(1), 0.02],
      [tick, 0.1],
    ]);
    expect(brief(sent)).toEqual(["click", "2 Guillestre"]);
  });

  it("waits after Tab until the kiosk has told where the focus is", () => {
    const [state, sent] = play([
      [focus(1), 0],
      [typed("05600"), 0],
      [tab, 0.01],
      [typed("Guillestre"), 0.02],
      [done(2), 0.1],
      [tick, 1],
    ]);
    expect(brief(sent)).toEqual(["1 05600", "press"]);
    expect(brief(stepVerbs(state, focus(2), 1.2)[1])).toEqual(["2 Guillestre"]);
  });

  it("is not misled by the late word of an earlier click", () => {
    const [, sent] = play([
      [click(1, { node: 1, isWritten: true }), 0],
      [typed("12, chemin des Mélèzes"), 0.01],
      [tab, 0.02],
      [typed("05600"), 0.03],
      [done(1), 0.1],
      [done(3), 0.1],
      [focus(1), 0.2],
      [focus(0), 0.3],
      [focus(2), 0.3],
      [tick, 0.5],
    ]);
    expect(brief(sent)).toEqual(["click", "1 12, chemin des Mélèzes", "press", "2 05600"]);
  });

  it("waits for as many words as there were keys", () => {
    const [state] = play([
      [focus(1), 0],
      [tab, 0],
      [tab, 0],
      [typed("x"), 0],
      [done(1), 0.1],
      [done(2), 0.1],
      [focus(2), 0.2],
    ]);
    expect(focusOf(state)).toBeNull();
    expect(brief(stepVerbs(state, focus(3), 0.3)[1])).toEqual(["3 x"]);
  });

  it("keeps its order over several fields typed faster than the line", () => {
    const [, sent] = play([
      [focus(1), 0],
      [typed("a"), 0],
      [tab, 0],
      [typed("b"), 0],
      [tab, 0],
      [typed("c"), 0],
      [focus(0), 0.3],
      [focus(2), 0.3],
      [done(2), 0.4],
      [focus(3), 0.7],
      [done(4), 0.8],
      [tick, 1],
    ]);
    expect(brief(sent)).toEqual(["1 a", "press", "2 b", "press", "3 c"]);
  });

  it("goes wherever the focus is when the kiosk tells nothing, never to the old field", () => {
    const [state, sent] = play([
      [focus(1), 0],
      [tab, 0],
      [typed("x"), 0.01],
      [done(1), 0.3],
      [tick, 2],
    ]);
    expect(brief(sent)).toEqual(["press"]);
    expect(brief(stepVerbs(state, tick, 2.4)[1])).toEqual(["0 x"]);
  });

  it("follows the kiosk when the page itself moves the focus", () => {
    const [, sent] = play([
      [focus(1), 0],
      [typed("12"), 0],
      [tick, 0.1],
      [focus(0), 0.2],
      [focus(2), 0.2],
      [typed("03"), 0.3],
      [tick, 0.4],
    ]);
    expect(brief(sent)).toEqual(["1 12", "2 03"]);
  });

  it("that was held goes along when the page itself moves on, as from a day to a month", () => {
    const [, sent] = play([
      [focus(1), 0],
      [typed("0"), 0],
      [typed("905"), 0.1],
      [focus(0), 0.2],
      [focus(2), 0.2],
      [done(1), 0.2],
    ]);
    expect(brief(sent)).toEqual(["1 0", "2 905"]);
  });
});

describe("the space bar", () => {
  it("is a character in a field, in its place", () => {
    const [, sent] = play([
      [focus(1), 0],
      [tab, 0],
      [typed("deux"), 0],
      [space, 0],
      [typed("mots"), 0],
      [focus(2), 0.3],
      [tick, 1],
    ]);
    expect(brief(sent)).toEqual(["press", "2 deux mots"]);
  });

  it("is a press on what is not written, also when typed faster than the line", () => {
    const [, sent] = play([
      [focus(1), 0],
      [tab, 0],
      [space, 0],
      [focus(2, false), 0.3],
    ]);
    expect(sent).toEqual([
      { type: "press", id: 1, key: "Tab", shift: false },
      { type: "press", id: 2, key: "Space", shift: false },
    ]);
  });
});

describe("verbs", () => {
  it("are forgotten once they are answered", () => {
    const [state] = play([
      [click(3, "same"), 0],
      [done(1), 0.2],
    ]);
    expect(state.sent).toEqual([]);
  });

  it("go on with fresh numbers after a cut", () => {
    const [, sent] = play([
      [click(3, "same"), 0],
      [typed("perdu"), 0.1],
      [{ kind: "lost" }, 0.11],
      [click(3, "same"), 5],
    ]);
    expect(sent.map((each) => ("id" in each ? each.id : 0))).toEqual([1, 2, 3]);
  });
});
