/** What makes a field blind: its type, what it says of itself, its name, or the partner's rule. */

/** What the citizen is asked to type there (SECRET_KINDS of the wire). */
export type SecretKind = "password" | "code" | "card" | "secret";

declare global {
  /** The partner's own blind fields, each `host selector`; put here by the daemon, if any. */
  var cordeeBlindRules: readonly string[] | undefined;
}

/** Autofill names (HTML, section 4.10.18.7) of what only the citizen may know. */
const SAID: Readonly<Record<string, SecretKind>> = {
  "current-password": "password",
  "new-password": "password",
  "one-time-code": "code",
  "cc-number": "card",
  "cc-csc": "card",
  "cc-exp": "card",
  "cc-exp-month": "card",
  "cc-exp-year": "card",
};
/** Names that sites give such fields, words parted by hyphens. */
const NAMED: readonly (readonly [RegExp, SecretKind])[] = [
  [/(^|-)(otp|totp|2fa|mfa|pin)\d*(-|$)/, "code"],
  [/(^|-)code-?(sms|otp|pin|secret|unique|verif|securi|confirm|valid|acces)/, "code"],
  [/(^|-)(sms|verif|verification|security|auth|authentication)-?(code|otp|pin)/, "code"],
  [/(^|-)(cvv|cvc|csc|cryptogram)/, "card"],
  [/(^|-)(card|carte|cc)-?(number|numero|num)(-|$)/, "card"],
  [/(^|-)(numero|num)-?(de-)?carte-?(bancaire|bleue|-|$)/, "card"],
];
const TEXT_TYPES = new Set(["text", "tel", "number", "search", ""]);
const CODE_MOST = 8;

/** Returns what the words of a field make of it: `type` and `autocomplete`, now or before. */
export function saidKind(type: string, autocomplete: string): SecretKind | null {
  if (type.toLowerCase() === "password") return "password";
  for (const word of autocomplete.toLowerCase().split(/\s+/)) {
    const kind = SAID[word];
    if (kind !== undefined) return kind;
  }
  return null;
}

/** Returns what a field is by all that can be seen of it, or null when it is no secret. */
export function kindOf(field: HTMLInputElement): SecretKind | null {
  const said = saidKind(field.type, field.getAttribute("autocomplete") ?? "");
  return said ?? namedKind(field) ?? (isMarked(field) ? "secret" : null);
}

/** Whether the keys to begin with are digits. */
export function takesDigits(field: HTMLInputElement, kind: SecretKind): boolean {
  const mode = field.inputMode || field.getAttribute("inputmode") || "";
  if (mode !== "") return mode === "numeric" || mode === "decimal" || mode === "tel";
  if (field.type === "number" || field.type === "tel") return true;
  return kind === "code" || kind === "card";
}

/** A name alone is not enough: it has to look like a place for a few digits. */
function namedKind(field: HTMLInputElement): SecretKind | null {
  if (!TEXT_TYPES.has(field.type)) return null;
  const isShort = field.maxLength > 0 && field.maxLength <= CODE_MOST;
  const asksDigits = takesDigits(field, "secret") || /\\d|0-9/.test(field.pattern);
  if (!isShort && !asksDigits) return null;
  for (const name of [field.name, field.id]) {
    const words = name
      .replace(/([a-z])([A-Z])/g, "$1-$2")
      .toLowerCase()
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[^a-z0-9]+/g, "-");
    for (const [pattern, kind] of NAMED) if (pattern.test(words)) return kind;
  }
  return null;
}

function isMarked(field: HTMLInputElement): boolean {
  return (globalThis.cordeeBlindRules ?? []).some((rule) => {
    const [named = "", ...selector] = rule.trim().split(/\s+/);
    // An address never tells the port that its scheme has anyway.
    const host = named.toLowerCase().replace(/:443$/, "");
    if (host !== location.host && host !== location.hostname) return false;
    try {
      return field.matches(selector.join(" "));
    } catch {
      // The server admits only plain selectors; one that is none marks nothing.
      return false;
    }
  });
}
