/**
 * The agent's hand: verbs numbered, sent in order exactly once, and matched with their answers.
 *
 * Typed text names the node that it is for. After a key such as Tab only the kiosk knows where the
 * focus is: what is typed then waits, in order, until the kiosk has told. Text travels one verb at
 * a time: while a field's text is unanswered, what is typed after it is held and follows as one
 * verb; any other verb sends it first. Numbers are shared with Ask and Scan, so that an answer
 * names one thing only.
 */
import type { Done, FromAgent, Verb } from "./wire/control.ts";

/** Held text goes out after this, whatever became of the answer: above any line's round trip. */
export const TEXT_HELD_MOST_S = 5;
/**
 * How long text waits for the mirror to tell the focus, after the kiosk has answered. Then it is
 * sent to node 0, wherever the focus is: never to a field that the kiosk may have left.
 */
export const FOCUS_TOLD_WITHIN_S = 2;
/** Below CONTROL_LIMIT_BYTES even when every character takes twelve bytes of JSON. */
const TEXT_MOST = 1_200;
/** The kiosk refuses more than 64 verbs under way: beyond this, what comes waits. */
export const SENT_MOST = 32;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
export type VerbDraft = WithoutId<Verb>;

/** A node that has the focus, and whether text can be written into it. */
export interface Focus {
  readonly node: number;
  readonly isWritten: boolean;
}

/** Where the kiosk's focus will be after a verb: as before, at this node, or where it says. */
export type FocusAfter = "same" | "unknown" | Focus;

type Item =
  | { readonly kind: "verb"; readonly verb: VerbDraft; readonly focus: FocusAfter }
  | { readonly kind: "typed"; readonly text: string }
  /** The space bar: a character in a field, a press on a button or a box to tick. */
  | { readonly kind: "space" };

export interface Verbs {
  readonly nextId: number;
  readonly sent: readonly Verb[];
  readonly held: { readonly node: number; readonly text: string; readonly since: number } | null;
  /** What waits until the focus is known. */
  readonly waiting: readonly Item[];
  /** The kiosk's focus as it last told it; node 0 for none or unknown. */
  readonly focus: Focus;
  /** Changes of the focus that were sent and not told yet, in order: each a node, or any. */
  readonly expected: readonly ("any" | Focus)[];
  /** Numbers of the verbs behind them that are not answered, and when the last one was. */
  readonly moving: readonly number[];
  /** By the number of each unanswered key the node it is for, of each click the one it leads to. */
  readonly aims: ReadonlyMap<number, number>;
  readonly answeredAt: number | null;
}

export type VerbsEvent =
  | Item
  | { readonly kind: "focus"; readonly focus: Focus }
  | { readonly kind: "tick" }
  | { readonly kind: "done"; readonly done: Done }
  | { readonly kind: "lost" };

const NOWHERE: Focus = { node: 0, isWritten: false };

export const noVerbs: Verbs = {
  nextId: 1,
  sent: [],
  held: null,
  waiting: [],
  focus: NOWHERE,
  expected: [],
  moving: [],
  aims: new Map(),
  answeredAt: null,
};

type Step = [Verbs, readonly FromAgent[]];

/** Returns the next state and the messages to send, in order. */
export function stepVerbs(state: Verbs, event: VerbsEvent, now: number): Step {
  switch (event.kind) {
    case "verb":
    case "typed":
    case "space":
      return drain({ ...state, waiting: [...state.waiting, ...parts(event)] }, now);
    case "focus":
      return drain(focusTold(state, event.focus), now);
    case "done":
      return drain(answered(state, event.done.id, now), now);
    case "tick": {
      const [flushed, messages] = isDue(state, now) ? flush(state) : [state, []];
      const [next, more] = drain(settled(flushed, now), now);
      return [next, [...messages, ...more]];
    }
    case "lost":
      return [{ ...noVerbs, nextId: state.nextId }, []];
  }
}

/** The node that text would go to now; null while only the kiosk knows. */
export function focusOf(state: Verbs): Focus | null {
  const last = state.expected.at(-1);
  if (last === undefined) return state.focus;
  return last === "any" ? null : last;
}

/** When `tick` has something to do, or null. */
export function dueAt(state: Verbs): number | null {
  const due: number[] = [];
  if (state.held !== null) due.push(state.held.since + TEXT_HELD_MOST_S);
  if (state.answeredAt !== null) due.push(state.answeredAt + FOCUS_TOLD_WITHIN_S);
  return due.length === 0 ? null : Math.min(...due);
}

/** Returns a fresh number, for Ask and Scan. */
export function takeId(state: Verbs): [Verbs, number] {
  return [{ ...state, nextId: state.nextId + 1 }, state.nextId];
}

function take(state: Verbs, item: Item, now: number): Step {
  if (item.kind === "typed") return typed(state, item.text, now);
  if (item.kind === "space") {
    if (focusOf(state)?.isWritten) return typed(state, " ", now);
    const verb = { type: "press", key: "Space", shift: false } as const;
    return take(state, { kind: "verb", verb, focus: "same" }, now);
  }
  const [flushed, before] = flush(state);
  const [unaimed, verb] = numbered(flushed, item.verb);
  const next = aimed(unaimed, verb.id, item.focus);
  if (item.focus === "same") return [next, [...before, verb]];
  const isThere = item.focus !== "unknown" && item.focus.node === focusOf(next)?.node;
  if (isThere) return [next, [...before, verb]];
  const after = item.focus === "unknown" ? ("any" as const) : item.focus;
  const expected = [...next.expected, after];
  const moving = [...next.moving, verb.id];
  return [{ ...next, expected, moving, answeredAt: null }, [...before, verb]];
}

function aimed(state: Verbs, id: number, focus: FocusAfter): Verbs {
  if (focus === "unknown") return state;
  const node = focus === "same" ? (focusOf(state)?.node ?? 0) : focus.node;
  return { ...state, aims: new Map([...state.aims, [id, node]]) };
}

function typed(state: Verbs, text: string, now: number): Step {
  if (text === "") return [state, []];
  const node = focusOf(state)?.node ?? 0;
  const { held } = state;
  if (held !== null && (held.node !== node || held.text.length + text.length > TEXT_MOST)) {
    const [flushed, before] = flush(state);
    return [{ ...flushed, held: { node, text, since: now } }, before];
  }
  const whole = (held?.text ?? "") + text;
  return [{ ...state, held: { node, text: whole, since: held?.since ?? now } }, []];
}

function focusTold(state: Verbs, focus: Focus): Verbs {
  if (state.expected.length === 0) return { ...state, focus, held: following(state.held, focus) };
  // Leaving a field is told before entering the next: only the second one counts.
  if (focus.node === 0) return state;
  const named = state.expected.findIndex((each) => each !== "any" && each.node === focus.node);
  const met = named >= 0 ? named + 1 : state.expected[0] === "any" ? 1 : 0;
  const expected = state.expected.slice(met);
  if (expected.length > 0) return { ...state, expected };
  return { ...state, expected, focus, moving: [], answeredAt: null };
}

/** A page that itself moves on, as from a day to a month, takes what is typed along. */
function following(held: Verbs["held"], focus: Focus): Verbs["held"] {
  const isThere = focus.node !== 0 && focus.isWritten;
  return held !== null && isThere ? { ...held, node: focus.node } : held;
}

function answered(state: Verbs, id: number, now: number): Verbs {
  const sent = state.sent.filter((verb) => verb.id !== id);
  const aims = new Map([...state.aims].filter(([each]) => each !== id));
  if (!state.moving.includes(id)) return { ...state, sent, aims };
  const moving = state.moving.filter((each) => each !== id);
  return { ...state, sent, aims, moving, answeredAt: moving.length === 0 ? now : null };
}

/** The kiosk has answered and told nothing: text goes wherever the focus is. */
function settled(state: Verbs, now: number): Verbs {
  if (state.answeredAt === null || now < state.answeredAt + FOCUS_TOLD_WITHIN_S) return state;
  const last = state.expected.at(-1);
  const focus = last === undefined || last === "any" ? NOWHERE : last;
  return { ...state, focus, expected: [], answeredAt: null };
}

function drain(state: Verbs, now: number): Step {
  let next = state;
  const messages: FromAgent[] = [];
  for (;;) {
    const [item, ...rest] = next.waiting;
    if (item === undefined || mustWait(next, item)) {
      const [released, last] = mayLeave(next) ? flush(next) : [next, []];
      return [released, [...messages, ...last]];
    }
    const [after, more] = take({ ...next, waiting: rest }, item, now);
    next = after;
    messages.push(...more);
  }
}

function mustWait(state: Verbs, item: Item): boolean {
  if (state.sent.length >= SENT_MOST) return true;
  return item.kind !== "verb" && focusOf(state) === null;
}

/** Held text follows once the text before it is answered; that for another field waits for none. */
function mayLeave(state: Verbs): boolean {
  const { held, sent } = state;
  if (held === null || sent.length >= SENT_MOST) return false;
  return !sent.some((verb) => verb.type === "type" && verb.node === held.node);
}

function isDue(state: Verbs, now: number): boolean {
  return state.held !== null && now >= state.held.since + TEXT_HELD_MOST_S;
}

function flush(state: Verbs): Step {
  if (state.held === null) return [state, []];
  const { node, text } = state.held;
  const [next, verb] = numbered({ ...state, held: null }, { type: "type", node, text });
  return [next, [verb]];
}

/** Cuts a long paste between characters, never inside one. */
function parts(item: Item): Item[] {
  if (item.kind !== "typed" || item.text.length <= TEXT_MOST) return [item];
  const found: Item[] = [];
  let text = "";
  for (const character of item.text) {
    if (text.length + character.length > TEXT_MOST) {
      found.push({ kind: "typed", text });
      text = "";
    }
    text += character;
  }
  return [...found, { kind: "typed", text }];
}

function numbered(state: Verbs, draft: VerbDraft): [Verbs, Verb] {
  const verb = { ...draft, id: state.nextId } as Verb;
  return [{ ...state, nextId: state.nextId + 1, sent: [...state.sent, verb] }, verb];
}
