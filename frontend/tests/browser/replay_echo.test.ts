// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Replay } from "../../src/browser/replay.ts";
import type { Stroke } from "../../src/core/echo.ts";
import { parseReplayLine } from "../../src/core/replay_events.ts";

const FIELD = 6;
let replay: Replay;

beforeEach(() => {
  const hooks = {
    onPage: () => undefined,
    onViewport: () => undefined,
    onFocus: () => undefined,
    onLost: () => undefined,
    isScrolling: () => false,
  };
  const words = { blindFilled: "Rempli", blindEmpty: "Caché", islandCovered: "Caché" };
  replay = new Replay(document.implementation.createHTMLDocument(""), hooks, words);
});

function apply(value: object): void {
  const event = parseReplayLine(JSON.stringify(value));
  if (event === null) throw new Error("no event");
  replay.apply(event);
}

/** Shows a page with one field; returns what its element is. */
function shows(tagName: string, attributes: Record<string, string | boolean> = {}): void {
  const field = { type: 2, id: FIELD, tagName, attributes, childNodes: [] };
  const body = { type: 2, id: 5, tagName: "body", attributes: {}, childNodes: [field] };
  const html = { type: 2, id: 3, tagName: "html", attributes: {}, childNodes: [body] };
  apply({ t: "full", node: { type: 0, id: 1, childNodes: [html] }, top: 0, left: 0 });
}

const field = (): HTMLInputElement => replay.map.node(FIELD) as HTMLInputElement;
const isMarked = (): boolean => field().hasAttribute("data-cordee-echo");
const input = (text: string, caret = text.length): object => ({
  t: "input",
  id: FIELD,
  text,
  checked: false,
  start: caret,
  end: caret,
});
const text = (id: number | null, value: string): Stroke => ({ kind: "text", id, text: value });
const expects = (...strokes: Stroke[]): void =>
  replay.expect(strokes.length === 0 ? new Map() : new Map([[FIELD, strokes]]));

describe("a field that is typed into", () => {
  it("shows it at once, marked until the kiosk has confirmed it", () => {
    shows("input", { type: "text" });
    expects(text(1, "É"));
    expects(text(1, "É"), text(null, "t"));
    expect([field().value, isMarked()]).toEqual(["Ét", true]);
    apply(input("É"));
    expect([field().value, isMarked()]).toEqual(["Ét", true]);
    expects(text(2, "t"));
    apply(input("Ét"));
    expect([field().value, isMarked()]).toEqual(["Ét", false]);
    expects();
    expect([field().value, field().selectionStart]).toEqual(["Ét", 2]);
  });

  it("ends as the page says, and goes on from there", () => {
    shows("input", { type: "text", value: "12" });
    apply({ t: "select", id: FIELD, start: 2, end: 2 });
    expects(text(1, "3"));
    expect(field().value).toBe("123");
    apply(input("12/3"));
    expects(text(2, "4"));
    expect(field().value).toBe("12/34");
    apply(input("12/34"));
    expects();
    expect([field().value, isMarked()]).toEqual(["12/34", false]);
  });

  it("drops what was refused at once", () => {
    shows("input", { type: "text", value: "a" });
    apply({ t: "select", id: FIELD, start: 1, end: 1 });
    expects(text(1, "b"));
    expect(field().value).toBe("ab");
    expects();
    expect([field().value, isMarked()]).toEqual(["a", false]);
  });

  it("shows no more than it takes", () => {
    shows("input", { type: "text", maxlength: "3" });
    expects(text(1, "0560"));
    expect(field().value).toBe("056");
  });

  it("is not misled by the value that its markup names", () => {
    shows("input", { type: "text" });
    expects(text(1, "ab"));
    apply({
      t: "mutation",
      d: {
        texts: [],
        attributes: [{ id: FIELD, attributes: { value: "a" } }],
        removes: [],
        adds: [],
      },
    });
    expect(field().value).toBe("ab");
  });

  it("may have several lines", () => {
    shows("textarea");
    expects(text(1, "a"), { kind: "key", id: 2, key: "Enter" }, text(3, "b"));
    expect(field().value).toBe("a\nb");
  });

  it("may be one of e-mail addresses, which has no caret to tell", () => {
    shows("input", { type: "email" });
    expects(text(1, "a@"), text(null, "b"));
    apply({ t: "input", id: FIELD, text: "a@", checked: false });
    expect(field().value).toBe("a@b");
  });
});

describe("nothing is foretold", () => {
  it.each([
    ["a date", { type: "date" }],
    ["a password", { type: "password" }],
    ["a field that cannot be written", { type: "text", readonly: true }],
  ])("of %s", (_, attributes) => {
    shows("input", attributes);
    expects(text(1, "2"));
    expect([field().value, isMarked()]).toEqual(["", false]);
  });

  it("of a secret field, also one that becomes secret", () => {
    shows("input", { type: "text" });
    expects(text(1, "ab"));
    apply({ t: "blind", id: FIELD, filled: true });
    expects(text(1, "ab"), text(null, "c"));
    expect([field().value, isMarked()]).toEqual(["", false]);
    apply(input("abc"));
    expect(field().value).toBe("");
  });

  it("of the field of a page that is gone", () => {
    shows("input", { type: "text" });
    expects(text(1, "ab"));
    shows("input", { type: "text", value: "neuf" });
    expect([field().value, isMarked()]).toEqual(["neuf", false]);
  });
});

it("the page cannot wear the replay's own marks, nor take them away", () => {
  shows("input", { type: "text", "data-cordee-echo": "" });
  expect(isMarked()).toBe(false);
  expects(text(1, "a"));
  apply({
    t: "mutation",
    d: {
      texts: [],
      attributes: [{ id: FIELD, attributes: { "data-cordee-echo": null } }],
      removes: [],
      adds: [],
    },
  });
  expect(isMarked()).toBe(true);
});

describe("a field that is shown anew while strokes are unanswered", () => {
  it("does not show a letter twice when a new picture holds it already", () => {
    shows("input", { type: "text" });
    expects(text(1, "a"));
    expect(field().value).toBe("a");
    shows("input", { type: "text", value: "a" });
    expects(text(1, "a"), text(null, "b"));
    expect(field().value).toBe("ab");
    expects(text(2, "b"));
    apply(input("ab"));
    expect(field().value).toBe("ab");
  });

  it("does not show a letter twice when the page has put the field elsewhere", () => {
    shows("input", { type: "text" });
    expects(text(1, "a"));
    const node = { type: 2, id: FIELD, tagName: "input", attributes: { type: "text", value: "a" } };
    const d = {
      removes: [{ parentId: 5, id: FIELD }],
      adds: [{ parentId: 5, nextId: null, node: { ...node, childNodes: [] } }],
    };
    apply({ t: "mutation", d });
    expects(text(1, "a"));
    expect(field().value).toBe("a");
    apply(input("a"));
    expects();
    expect([field().value, isMarked()]).toEqual(["a", false]);
  });
});

describe("a field that does not say where its caret is", () => {
  const mail = (value: string): object => ({ ...input(value), start: null, end: null });

  it("shows what is typed into it from empty on, and goes on after a pause", () => {
    shows("input", { type: "email" });
    expects({ kind: "entry", id: 1 }, text(2, "a"));
    expect(field().value).toBe("a");
    apply(mail("a"));
    expects({ kind: "entry", id: 1 });
    expects();
    expects(text(3, "b"));
    expect(field().value).toBe("ab");
    apply(mail("ab"));
    expects();
    expect(field().value).toBe("ab");
  });

  it("shows nothing before the kiosk does once the caret may stand anywhere", () => {
    shows("input", { type: "email", value: "a@b.fr" });
    expects({ kind: "entry", id: 1 });
    expects(text(2, "x"));
    expect(field().value).toBe("a@b.fr");
    apply(mail("ax@b.fr"));
    expects();
    expect(field().value).toBe("ax@b.fr");
  });

  it("shows nothing before the kiosk does after a key that moves the caret", () => {
    shows("input", { type: "email" });
    expects(text(1, "ab"));
    apply(mail("ab"));
    expects({ kind: "key", id: 2, key: "Home" });
    expects();
    expects(text(3, "x"));
    expect(field().value).toBe("ab");
  });
});
