/**
 * The predicted echo: what a field of the replay shows while strokes are on their way to the kiosk.
 *
 * Shown is what the kiosk has confirmed plus the strokes it has not answered, as far as they are
 * sure. The kiosk tells what a field holds before it answers a verb, and a page may make something
 * else of a stroke (a mask, a limit): each word about a field says how many strokes it has seen.
 */
import type { Key } from "./wire/control.ts";

/** What a field holds and what is selected in it, in UTF-16 units. */
export interface Holding {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface FieldKind {
  readonly hasLines: boolean;
  readonly maxLength: number | null;
}

/** `id` is that of the verb on its way, null for what has not been sent yet. */
export type Stroke =
  | { readonly kind: "text"; readonly id: number | null; readonly text: string }
  | { readonly kind: "key"; readonly id: number | null; readonly key: Key }
  /** The caret came into the field: where it stands is sure only in an empty one. */
  | { readonly kind: "entry"; readonly id: number | null }
  /** Something of which only the page knows what comes of it. */
  | { readonly kind: "other"; readonly id: number | null };

export interface Echo {
  readonly confirmed: Holding;
  /** The last verb whose work `confirmed` shows already, answered or not. */
  readonly seen: number;
}

/** What a line of the mirror says of a field; null where it says nothing. */
export interface Said {
  readonly text: string | null;
  readonly caret: { readonly start: number; readonly end: number } | null;
}

export function startEcho(confirmed: Holding): Echo {
  return { confirmed, seen: 0 };
}

/** What the field shows while these strokes are unanswered. */
export function shownBy(echo: Echo, strokes: readonly Stroke[], field: FieldKind): Holding {
  let shown = echo.confirmed;
  for (const stroke of unseen(echo, strokes)) {
    const next = after(shown, stroke, field);
    if (next === null) return shown;
    shown = next;
  }
  return shown;
}

/** Takes what the kiosk says of the field, and finds out which strokes that has seen. */
export function confirm(
  echo: Echo,
  said: Said,
  strokes: readonly Stroke[],
  field: FieldKind,
): Echo {
  const text = said.text ?? echo.confirmed.text;
  const caret = said.caret ?? { start: text.length, end: text.length };
  const told: Holding = { text, ...caret };
  const isSaid = (at: Holding): boolean =>
    at.text === text && (said.caret === null || (at.start === told.start && at.end === told.end));
  if (isSaid(echo.confirmed)) return echo;
  const sent = unseen(echo, strokes).filter(isSent);
  let at: Holding | null = echo.confirmed;
  for (const stroke of sent) {
    at = after(at, stroke, field);
    if (at === null) break;
    if (isSaid(at)) return { confirmed: at, seen: stroke.id };
  }
  // Another text than any foreseen is what the page has made of the first stroke.
  const isChanged = text !== echo.confirmed.text;
  const first = isChanged ? sent.find(({ kind }) => kind === "text" || kind === "key") : undefined;
  return { confirmed: told, seen: first?.id ?? echo.seen };
}

function unseen(echo: Echo, strokes: readonly Stroke[]): Stroke[] {
  return strokes.filter(({ id }) => id === null || id > echo.seen);
}

function isSent(stroke: Stroke): stroke is Stroke & { id: number } {
  return stroke.id !== null;
}

/** What a stroke makes of a field, null where that is not sure. */
function after(at: Holding, stroke: Stroke, field: FieldKind): Holding | null {
  switch (stroke.kind) {
    case "text":
      return written(at, stroke.text, field);
    case "key":
      return pressed(at, stroke.key, field);
    case "entry":
      return at.text === "" ? at : null;
    case "other":
      return null;
  }
}

function written(at: Holding, text: string, { hasLines, maxLength }: FieldKind): Holding | null {
  if (!hasLines && /[\r\n]/.test(text)) return null;
  const room = maxLength === null ? Number.POSITIVE_INFINITY : maxLength - rest(at);
  if (room < 0 || (text.length > room && !isPlain(text))) return null;
  return replaced(at, at.start, at.end, text.slice(0, room));
}

function pressed(at: Holding, key: Key, field: FieldKind): Holding | null {
  if (key === "Enter") return field.hasLines ? written(at, "\n", field) : null;
  if (!isPlain(at.text)) return null;
  const { text, start, end } = at;
  const isSelected = start !== end;
  switch (key) {
    case "Backspace":
      return replaced(at, isSelected ? start : Math.max(0, start - 1), end, "");
    case "Delete":
      return replaced(at, start, isSelected ? end : Math.min(text.length, end + 1), "");
    case "ArrowLeft":
      return caretAt(at, isSelected ? start : Math.max(0, start - 1));
    case "ArrowRight":
      return caretAt(at, isSelected ? end : Math.min(text.length, end + 1));
    case "Home":
      // Where a line begins depends on how wide the box is.
      return field.hasLines ? null : caretAt(at, 0);
    case "End":
      return field.hasLines ? null : caretAt(at, text.length);
    default:
      return null;
  }
}

function replaced({ text }: Holding, start: number, end: number, by: string): Holding {
  const caret = start + by.length;
  return { text: text.slice(0, start) + by + text.slice(end), start: caret, end: caret };
}

function caretAt({ text }: Holding, at: number): Holding {
  return { text, start: at, end: at };
}

function rest({ text, start, end }: Holding): number {
  return text.length - (end - start);
}

/** Latin, Greek and Cyrillic, punctuation and currencies: one unit is one step, left to right. */
const PLAIN =
  /^[\n -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2000-\u200a\u2010-\u2027\u202f-\u205e\u20a0-\u20c0]*$/;

function isPlain(text: string): boolean {
  return PLAIN.test(text);
}
