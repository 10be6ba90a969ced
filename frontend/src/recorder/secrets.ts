/**
 * What secret fields hold and have held, kept in this isolated world only, and taken out of all
 * that leaves it: a page's script may copy a secret into any text, attribute, title or address.
 */

const MASK = "••••••••";
/** Shorter ones stand by chance in too many words: they are matched as a whole, while they last. */
const SHORTEST = 4;
const PIECE = 2;
/** What is longer is no secret that a person types. */
const LONGEST = 256;
const KEPT_MOST = 100;

const kept = new Set<string>();
let pattern: RegExp | null = null;
let whenKept: (value: string) => void = () => undefined;

/** Calls `told` with each value that is remembered from now on: the next document has to know. */
export function tellKept(told: (value: string) => void): void {
  whenKept = told;
}

/** Takes over what earlier documents of this visit have held. */
export function recall(values: readonly string[]): void {
  for (const value of values) kept.add(value);
  pattern = null;
}

/** Remembers a value of a secret field, each step of its typing too. */
export function remember(value: string): void {
  if (value.length < SHORTEST || value.length > LONGEST || kept.has(value)) return;
  kept.add(value);
  for (const oldest of kept) {
    if (kept.size <= KEPT_MOST) break;
    kept.delete(oldest);
  }
  pattern = null;
  whenKept(value);
}

/** Whether any is known that could stand elsewhere. */
export function hasSecrets(): boolean {
  return kept.size > 0;
}

/** Returns a copy of a JSON value in which no secret stands; `held` are those of this moment. */
export function hide(value: unknown, held: readonly string[]): unknown {
  for (const each of held) remember(each);
  const pieces = new Set(held.filter((each) => each.length >= PIECE && each.length < SHORTEST));
  if (kept.size === 0 && pieces.size === 0) return value;
  pattern ??= patternOf(kept);
  return hidden(value, pattern, pieces);
}

function hidden(value: unknown, secrets: RegExp | null, pieces: ReadonlySet<string>): unknown {
  if (typeof value === "string") {
    if (pieces.has(value.trim())) return MASK;
    return secrets === null ? value : value.replace(secrets, MASK);
  }
  if (Array.isArray(value)) return value.map((each) => hidden(each, secrets, pieces));
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    copy[String(hidden(name, secrets, pieces))] = hidden(each, secrets, pieces);
  }
  return copy;
}

/** Matches every writing of the values, the longest first, whatever the case. */
function patternOf(values: Iterable<string>): RegExp | null {
  const all = new Set([...values].flatMap(writings));
  if (all.size === 0) return null;
  const longestFirst = [...all].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map((each) => each.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(escaped.join("|"), "gi");
}

/** As it stands in a text, and in an address. */
function writings(value: string): string[] {
  const text = value.trim().length < SHORTEST ? value : value.trim();
  const whole = text.replace(/[\uD800-\uDFFF]/gu, "\uFFFD");
  const form = new URLSearchParams({ "": whole }).toString().slice(1);
  return [text, encodeURI(whole), encodeURIComponent(whole), form];
}
