/**
 * The agent's hand: verbs numbered, sent in order exactly once, and matched with their answers.
 *
 * Typed text is held for at most TEXT_HELD_S so that a burst travels as one verb; any other verb
 * sends it first. Numbers are shared with Ask and Scan, so that an answer names one thing only.
 */
import type { Done, FromAgent, Verb } from "./wire/control.ts";

export const TEXT_HELD_S = 0.05;
/** Below CONTROL_LIMIT_BYTES even when every character takes twelve bytes of JSON. */
const TEXT_MOST = 1_200;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
export type VerbDraft = WithoutId<Verb>;

export interface Verbs {
  readonly nextId: number;
  readonly sent: readonly Verb[];
  readonly held: { readonly node: number; readonly text: string; readonly since: number } | null;
}

export type VerbsEvent =
  | { readonly kind: "verb"; readonly verb: VerbDraft }
  | { readonly kind: "typed"; readonly node: number; readonly text: string }
  | { readonly kind: "tick" }
  | { readonly kind: "done"; readonly done: Done }
  | { readonly kind: "lost" };

export const noVerbs: Verbs = { nextId: 1, sent: [], held: null };

/** Returns the next state and the messages to send, in order. */
export function stepVerbs(
  state: Verbs,
  event: VerbsEvent,
  now: number,
): [Verbs, readonly FromAgent[]] {
  switch (event.kind) {
    case "verb": {
      const [flushed, before] = flush(state);
      const [next, verb] = numbered(flushed, event.verb);
      return [next, [...before, verb]];
    }
    case "typed": {
      if (event.text === "") return [state, []];
      const held = state.held;
      if (held !== null && held.node !== event.node) {
        const [flushed, before] = flush(state);
        return [{ ...flushed, held: { node: event.node, text: event.text, since: now } }, before];
      }
      const text = (held?.text ?? "") + event.text;
      const next = { ...state, held: { node: event.node, text, since: held?.since ?? now } };
      return text.length >= TEXT_MOST ? flush(next) : [next, []];
    }
    case "tick":
      return dueAt(state) !== null && now >= (dueAt(state) ?? 0) ? flush(state) : [state, []];
    case "done":
      return [{ ...state, sent: state.sent.filter((verb) => verb.id !== event.done.id) }, []];
    case "lost":
      return [{ ...state, sent: [], held: null }, []];
  }
}

/** When `tick` has something to send, or null. */
export function dueAt(state: Verbs): number | null {
  return state.held === null ? null : state.held.since + TEXT_HELD_S;
}

/** Returns a fresh number, for Ask and Scan. */
export function takeId(state: Verbs): [Verbs, number] {
  return [{ ...state, nextId: state.nextId + 1 }, state.nextId];
}

function flush(state: Verbs): [Verbs, readonly FromAgent[]] {
  if (state.held === null) return [state, []];
  const { node, text } = state.held;
  let next: Verbs = { ...state, held: null };
  const messages: FromAgent[] = [];
  for (const part of parts(text)) {
    const [after, verb] = numbered(next, { type: "type", node, text: part });
    next = after;
    messages.push(verb);
  }
  return [next, messages];
}

/** Cuts a long paste between characters, never inside one. */
function parts(text: string): string[] {
  if (text.length <= TEXT_MOST) return [text];
  const found: string[] = [];
  let part = "";
  for (const character of text) {
    if (part.length + character.length > TEXT_MOST) {
      found.push(part);
      part = "";
    }
    part += character;
  }
  found.push(part);
  return found;
}

function numbered(state: Verbs, draft: VerbDraft): [Verbs, Verb] {
  const verb = { ...draft, id: state.nextId } as Verb;
  return [{ ...state, nextId: state.nextId + 1, sent: [...state.sent, verb] }, verb];
}
