import { describe, expect, it } from "vitest";
import {
  confirm,
  type Echo,
  type FieldKind,
  type Holding,
  type Stroke,
  shownBy,
  startEcho,
} from "../../src/core/echo.ts";
import { strokesOf } from "../../src/core/strokes.ts";
import { noVerbs, stepVerbs, type Verbs, type VerbsEvent } from "../../src/core/verbs.ts";
import { type FromAgent, type Key, type Verb, wentWell } from "../../src/core/wire/control.ts";

const LINE: FieldKind = { hasLines: false, maxLength: null };
const LINES: FieldKind = { hasLines: true, maxLength: null };

/** "ab|c" is a field with its caret; "a[b]c" one with a selection. */
function at(drawn: string): Holding {
  const start = drawn.search(/[|[]/);
  const end = drawn.includes("]") ? drawn.indexOf("]") - 1 : start;
  return { text: drawn.replace(/[|[\]]/g, ""), start, end };
}

function draw({ text, start, end }: Holding): string {
  const selected = start === end ? "|" : `[${text.slice(start, end)}]`;
  return text.slice(0, start) + selected + text.slice(end);
}

let lastId = 0;
const text = (value: string): Stroke => {
  lastId += 1;
  return { kind: "text", id: lastId, text: value };
};
const key = (name: Key): Stroke => {
  lastId += 1;
  return { kind: "key", id: lastId, key: name };
};
const show = (from: string, strokes: Stroke[], field = LINE): string =>
  draw(shownBy(startEcho(at(from)), strokes, field));

describe("what is shown", () => {
  it.each<[string, Stroke[], string]>([
    ["ab|", [text("É")], "abÉ|"],
    ["a[b]c", [text("œ€")], "aœ€|c"],
    ["ab|c", [key("Backspace")], "a|c"],
    ["a[bc]d", [key("Backspace")], "a|d"],
    ["|ab", [key("Backspace")], "|ab"],
    ["a|bc", [key("Delete")], "a|c"],
    ["ab|", [key("Delete")], "ab|"],
    ["ab|", [key("ArrowLeft"), text("x")], "ax|b"],
    ["a[bc]d", [key("ArrowLeft")], "a|bcd"],
    ["a[bc]d", [key("ArrowRight")], "abc|d"],
    ["ab|c", [key("Home"), text("x"), key("End"), text("y")], "xabcy|"],
  ])("of %s", (from, strokes, shown) => {
    expect(show(from, strokes)).toBe(shown);
  });

  it("has new lines in a field of several lines only", () => {
    expect(show("a|b", [key("Enter")], LINES)).toBe("a\n|b");
    expect(show("a|b", [text("x\ny")], LINES)).toBe("ax\ny|b");
    expect(show("a|b", [key("Enter"), text("x")])).toBe("a|b");
    expect(show("a|b", [text("x\ny"), text("z")])).toBe("a|b");
  });

  it("ends where the field takes no more", () => {
    const four: FieldKind = { hasLines: false, maxLength: 4 };
    expect(show("056|", [text("0"), text("0")], four)).toBe("0560|");
    expect(show("05|", [text("600")], four)).toBe("0560|");
    expect(show("0[56]0", [text("12345")], four)).toBe("012|0");
    expect(show("05|600", [text("1")], four)).toBe("05|600");
    expect(show("056|", [text("👩🏽‍🌾")], four)).toBe("056|");
  });

  it.each<[string, Stroke[]]>([
    ["e\u0301|", [key("Backspace")]],
    ["👩🏽‍🌾|", [key("Backspace")]],
    ["שלום|", [key("ArrowLeft")]],
    ["ab|", [{ kind: "other", id: 1_000 }]],
    ["a\nb|", [key("Home")]],
    ["ab|", [{ kind: "entry", id: 1_000 }]],
  ])("is only what is sure, of %s", (from, strokes) => {
    expect(show(from, [...strokes, text("x")], LINES)).toBe(from);
  });

  it("is sure in an empty field, wherever it was clicked", () => {
    expect(show("|", [{ kind: "entry", id: 1 }, text("a")])).toBe("a|");
  });
});

describe("what the kiosk says", () => {
  const told = (from: string, strokes: Stroke[], ...said: string[]): string => {
    let echo = startEcho(at(from));
    for (const each of said) {
      const { text: value, start, end } = at(each);
      echo = confirm(echo, { text: value, caret: { start, end } }, strokes, LINE);
    }
    return draw(shownBy(echo, strokes, LINE));
  };

  it("is not added to once more before the answer comes", () => {
    expect(told("|", [text("a"), text("b")], "a|")).toBe("ab|");
    expect(told("|", [text("a"), text("b")], "a|", "ab|")).toBe("ab|");
    expect(told("abc|", [key("Backspace"), key("Backspace")], "ab|")).toBe("a|");
  });

  it("stands when the page has made something else of a stroke", () => {
    expect(told("1|", [text("2")], "12/|")).toBe("12/|");
    expect(told("1|", [text("2")], "12|", "12/|")).toBe("12/|");
    expect(told("12/|", [text("x")], "12/|")).toBe("12/x|");
  });

  it("of a field without a caret is taken as written at its end", () => {
    const strokes = [text("d"), text("e")];
    const echo = confirm(startEcho(at("|")), { text: "d", caret: null }, strokes, LINE);
    expect(draw(shownBy(echo, strokes, LINE))).toBe("de|");
  });

  it("of the caret alone takes no stroke with it", () => {
    const strokes = [text("x")];
    const echo = confirm(
      startEcho(at("ab|")),
      { text: null, caret: { start: 0, end: 0 } },
      strokes,
      LINE,
    );
    expect(draw(shownBy(echo, strokes, LINE))).toBe("x|ab");
  });
});

describe("strokes", () => {
  const NODE = 7;
  const play = (...events: VerbsEvent[]): readonly Stroke[] | undefined => {
    let verbs = noVerbs;
    for (const event of events) verbs = stepVerbs(verbs, event, 0)[0];
    return strokesOf(verbs).get(NODE);
  };
  const focus = (node: number): VerbsEvent => ({
    kind: "focus",
    focus: { node, isWritten: true },
  });
  const typed = (value: string): VerbsEvent => ({ kind: "typed", text: value });
  const press = (name: Key, after: "same" | "unknown" = "same", shift = false): VerbsEvent => ({
    kind: "verb",
    verb: { type: "press", key: name, shift },
    focus: after,
  });
  const click = (node: number): VerbsEvent => ({
    kind: "verb",
    verb: { type: "click", node, x: 0, y: 0, count: 1 },
    focus: { node, isWritten: true },
  });

  it("are those for the node, what is not sent yet last", () => {
    expect(
      play(focus(NODE), typed("a"), press("Backspace"), typed("b"), typed("c"), { kind: "space" }),
    ).toEqual([
      { kind: "text", id: 1, text: "a" },
      { kind: "key", id: 2, key: "Backspace" },
      { kind: "text", id: null, text: "bc " },
    ]);
  });

  it("stay with their node when the focus goes on, and none is made up for the next", () => {
    expect(play(focus(NODE), typed("a"), press("Tab", "unknown"), typed("b"))).toEqual([
      { kind: "text", id: 1, text: "a" },
      { kind: "entry", id: 2 },
    ]);
    expect(play(focus(1), press("Backspace"), click(NODE), typed("b"))).toEqual([
      { kind: "entry", id: 2 },
      { kind: "text", id: 3, text: "b" },
    ]);
  });

  it("begin with what leads into the node", () => {
    expect(play(focus(1), press("Tab", "unknown"), typed("b"), focus(NODE))).toEqual([
      { kind: "entry", id: 1 },
      { kind: "text", id: 2, text: "b" },
    ]);
  });

  it("of other keys are not sure", () => {
    expect(play(focus(NODE), press("ArrowUp"), typed("a"))?.[0]?.kind).toBe("other");
    expect(play(focus(NODE), press("ArrowLeft", "same", true), typed("a"))?.[0]?.kind).toBe(
      "other",
    );
  });

  it("are none where nothing is written, nor once answered", () => {
    expect(play(focus(NODE), click(NODE))).toBeUndefined();
    const done: VerbsEvent = { kind: "done", done: wentWell(1) };
    expect(play(focus(NODE), typed("a"), done)).toBeUndefined();
  });
});

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

type Line = { said: Holding } | { done: number };
const NODE = 7;
const KEYS: readonly Key[] = [
  "Backspace",
  "Backspace",
  "Delete",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
];

/** A field at the kiosk, written as two halves; `mask` is what the page's script makes of it. */
class Far {
  left = "";
  right = "";
  readonly #mask: (text: string) => string;

  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  get holding(): Holding {
    const { length } = this.left;
    return { text: this.left + this.right, start: length, end: length };
  }

  /** Does a verb and returns what the recorder tells of it. */
  take(verb: Verb): Line[] {
    const before = draw(this.holding);
    if (verb.type === "type") this.left += verb.text;
    else if (verb.type === "press") this.press(verb.key);
    const raw = this.holding;
    const masked = this.#mask(raw.text);
    const lines: Line[] = draw(raw) === before ? [] : [{ said: raw }];
    if (masked === raw.text) return lines;
    [this.left, this.right] = [masked, ""];
    return [...lines, { said: this.holding }];
  }

  press(name: Key): void {
    const whole = this.left + this.right;
    const cut = this.left.length;
    const moved = { ArrowLeft: cut - 1, ArrowRight: cut + 1, Home: 0, End: whole.length }[
      name as string
    ];
    if (moved !== undefined) {
      const to = Math.min(whole.length, Math.max(0, moved));
      [this.left, this.right] = [whole.slice(0, to), whole.slice(to)];
    } else if (name === "Backspace") this.left = this.left.slice(0, -1);
    else if (name === "Delete") this.right = this.right.slice(1);
  }
}

/** An agent who types into a field over a line, in whatever order things happen. */
class Typing {
  verbs: Verbs = noVerbs;
  echo: Echo | null = null;
  readonly ideal = new Far((value) => value);
  readonly #far: Far;
  readonly #below: (below: number) => number;
  #confirmed: Holding = at("|");
  #there: Verb[] = [];
  #back: Line[][] = [];
  /** Answers to keys come later than what the keys change, and later than other answers. */
  #watched: number[] = [];

  constructor(far: Far, below: (below: number) => number) {
    this.#far = far;
    this.#below = below;
    this.#play({ kind: "focus", focus: { node: NODE, isWritten: true } });
  }

  stroke(): void {
    if (this.#below(3) > 0) {
      const value = "aé12 œ€".slice(this.#below(4)).slice(0, 1 + this.#below(2));
      this.ideal.take({ type: "type", id: 0, node: NODE, text: value });
      this.#play({ kind: "typed", text: value });
    } else {
      const name = KEYS[this.#below(KEYS.length)] ?? "End";
      this.ideal.press(name);
      const verb = { type: "press", key: name, shift: false } as const;
      this.#play({ kind: "verb", verb, focus: "same" });
    }
  }

  atKiosk(): void {
    const verb = this.#there.shift();
    if (verb === undefined) {
      this.#settle();
      return;
    }
    const lines = this.#far.take(verb);
    const isWatched = verb.type !== "type" || this.#below(10) === 0;
    if (isWatched) this.#watched.push(verb.id);
    this.#back.push(isWatched ? lines : [...lines, { done: verb.id }]);
  }

  #settle(): void {
    const [id] = this.#watched.splice(this.#below(this.#watched.length), 1);
    if (id !== undefined) this.#back.push([{ done: id }]);
  }

  atCounter(): void {
    for (const line of this.#back.shift() ?? []) {
      if ("done" in line) this.#play({ kind: "done", done: wentWell(line.done) });
      else this.#hear(line.said);
    }
  }

  get isQuiet(): boolean {
    const isSent = this.verbs.sent.length > 0 || this.verbs.held !== null;
    return !isSent && this.#back.length === 0;
  }

  get shown(): Holding {
    return this.echo === null ? this.#confirmed : shownBy(this.echo, this.#strokes, LINE);
  }

  get #strokes(): readonly Stroke[] {
    return strokesOf(this.verbs).get(NODE) ?? [];
  }

  #hear(said: Holding): void {
    if (this.echo === null) this.#confirmed = said;
    else this.echo = confirm(this.echo, { text: said.text, caret: said }, this.#strokes, LINE);
  }

  #play(event: VerbsEvent): void {
    const [verbs, messages] = stepVerbs(this.verbs, event, 0);
    this.verbs = verbs;
    this.#there.push(...messages.filter(isVerb));
    if (this.#strokes.length > 0) this.echo ??= startEcho(this.#confirmed);
    else if (this.echo !== null) {
      this.#confirmed = this.echo.confirmed;
      this.echo = null;
    }
  }
}

function isVerb(message: FromAgent): message is Verb {
  return message.type === "type" || message.type === "press";
}

function typeAtRandom(seed: number, far: Far, each: (typing: Typing) => void): Typing {
  const below = random(seed);
  const typing = new Typing(far, below);
  for (let step = 0; step < 120; step += 1) {
    const turn = below(4);
    if (turn === 0) typing.stroke();
    else if (turn < 3) typing.atKiosk();
    else typing.atCounter();
    each(typing);
  }
  for (let step = 0; step < 1_000 && !typing.isQuiet; step += 1) {
    typing.atKiosk();
    typing.atCounter();
    each(typing);
  }
  expect(typing.isQuiet).toBe(true);
  return typing;
}

describe("typing at random", () => {
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);

  it("into a field that does as it is told shows it all along", () => {
    for (const seed of seeds) {
      const far = new Far((value) => value);
      typeAtRandom(seed, far, ({ shown, ideal }) => {
        expect(draw(shown), `seed ${seed}`).toBe(draw(ideal.holding));
      });
    }
  });

  it.each<[string, (text: string) => string]>([
    ["a mask", (value) => value.replace(/\D/g, "").replace(/(..)(?=.)/g, "$1/")],
    ["capitals", (value) => value.toUpperCase()],
    ["a limit", (value) => value.slice(0, 5)],
    ["nothing", () => ""],
  ])("into a field with %s ends with what the page holds", (_, mask) => {
    for (const seed of seeds) {
      const far = new Far(mask);
      const { shown } = typeAtRandom(seed, far, () => undefined);
      expect(draw(shown), `seed ${seed}`).toBe(draw(far.holding));
    }
  });
});
