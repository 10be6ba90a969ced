// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { Replay } from "../../src/browser/replay.ts";
import { parseReplayLine } from "../../src/core/replay_events.ts";

const FRAME = 6;
const CARD = 2_000_004;

let replay: Replay;
let lost: number;
let focused: number[];

function apply(value: object): void {
  const event = parseReplayLine(JSON.stringify(value));
  if (event === null) throw new Error("no event");
  replay.apply(event);
}

const el = (id: number, tagName: string, attributes = {}, ...childNodes: object[]) => ({
  type: 2,
  id,
  tagName,
  attributes,
  childNodes,
});

function page(...body: object[]): void {
  const node = { type: 0, id: 1, childNodes: [el(3, "html", {}, el(5, "body", {}, ...body))] };
  apply({ t: "full", node, top: 0, left: 0 });
}

/** The document of a frame, its ids those of the visit's document `number`. */
function fill(number: number, owner: number, ...body: object[]): void {
  const base = number * 1_000_000;
  const html = el(base + 2, "html", {}, el(base + 3, "body", {}, ...body));
  apply({ t: "full", owner, node: { type: 0, id: base + 1, childNodes: [html] }, top: 0, left: 0 });
}

/** The document in a frame. happy-dom makes none for a frame without an address. */
function inside(id = FRAME): Document {
  const frame = replay.map.node(id) as HTMLIFrameElement;
  const made = frame.contentDocument ?? document.implementation.createHTMLDocument("");
  Object.defineProperty(frame, "contentDocument", { value: made, configurable: true });
  return made;
}

beforeEach(() => {
  lost = 0;
  focused = [];
  replay = new Replay(
    document.implementation.createHTMLDocument(""),
    {
      onPage: () => undefined,
      onViewport: () => undefined,
      onFocus: (id) => focused.push(id),
      onLost: () => {
        lost += 1;
      },
      isScrolling: () => false,
    },
    { blindFilled: "Rempli", blindEmpty: "Caché" },
  );
});

test("a frame's document stands in its frame, and the page stays", () => {
  page(el(FRAME, "iframe"), el(7, "p", { id: "dehors" }));
  inside();
  fill(2, FRAME, el(CARD, "input", { id: "carte" }));
  expect(inside().querySelector("#carte")).toBe(replay.map.node(CARD));
  expect(replay.doc.querySelector("#dehors")).toBe(replay.map.node(7));
  apply({ t: "input", id: CARD, text: "4970", checked: false });
  expect((replay.map.node(CARD) as HTMLInputElement).value).toBe("4970");
  apply({ t: "blind", id: CARD, filled: true });
  expect((replay.map.node(CARD) as HTMLInputElement).value).toBe("");
  apply({ t: "focus", id: CARD });
  expect(focused.at(-1)).toBe(CARD);
});

test("the next document of a frame replaces the one before, and its ids", () => {
  page(el(FRAME, "iframe"));
  inside();
  fill(2, FRAME, el(CARD, "input"));
  fill(3, FRAME, el(3_000_004, "p"));
  expect(replay.map.node(CARD)).toBeUndefined();
  expect(inside().querySelectorAll("input")).toHaveLength(0);
  apply({ t: "full", owner: FRAME, node: { type: 0, id: 3_000_000, childNodes: [] } });
  expect(inside().documentElement).toBeNull();
  expect(replay.map.node(3_000_004)).toBeUndefined();
});

test("a frame in a frame is filled too, and goes with it", () => {
  page(el(FRAME, "iframe"));
  inside();
  fill(2, FRAME, el(CARD, "iframe"));
  inside(CARD);
  fill(3, CARD, el(3_000_004, "p"));
  expect(inside(CARD).querySelector("p")).toBe(replay.map.node(3_000_004));
  apply({ t: "mutation", d: { texts: [], attributes: [], removes: [{ id: FRAME }], adds: [] } });
  expect(replay.map.node(CARD)).toBeUndefined();
  expect(replay.map.node(3_000_004)).toBeUndefined();
});

test("what is told of a frame that is not there changes nothing", () => {
  page(el(FRAME, "iframe"), el(7, "p", { id: "dehors" }));
  inside();
  fill(2, 99, el(CARD, "input"));
  fill(2, 7, el(CARD, "input"));
  expect(replay.map.node(CARD)).toBeUndefined();
  expect(replay.doc.querySelector("#dehors")).not.toBeNull();
  expect(lost).toBe(0);
});
