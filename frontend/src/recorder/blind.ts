/** Which fields hold secrets. What is in them never leaves this module's callers. */

import { hide, remember } from "./secrets.ts";

const SECRET_WORDS = new Set(["one-time-code", "current-password", "new-password"]);
/** What a copy holds is taken for the secret only when it is not as short as a chance. */
const COPY_LEAST = 4;
const NOT_TEXT = new Set(["checkbox", "radio", "button", "submit", "reset", "image"]);

const onceSecret = new Set<HTMLInputElement>();
const lastHeld = new Map<HTMLInputElement, string>();
const watchers: MutationObserver[] = [];

/** Remembers fields that cease to be said secret, for as long as their page lives. */
export function watchForReveals(root: Node): void {
  const watcher = new MutationObserver(note);
  watcher.observe(root, {
    subtree: true,
    attributes: true,
    attributeFilter: ["type", "autocomplete"],
    attributeOldValue: true,
  });
  watchers.push(watcher);
  // Before the page's own listeners, which may copy what has just been typed.
  const learn = (event: Event) => isBlind((event.composedPath()[0] ?? null) as Node | null);
  const view = "defaultView" in root ? (root as Document).defaultView : null;
  for (const kind of ["beforeinput", "input", "change"]) view?.addEventListener(kind, learn, true);
}

/**
 * True for a password field, one for a code by SMS, one that has been either, and one that a
 * script has filled with what such a field held.
 */
export function isBlind(node: Node | null): boolean {
  if (!isInput(node)) return false;
  // A script may change the type and fire an event in one go, before observers are told.
  for (const watcher of watchers) note(watcher.takeRecords());
  if (isSaidSecret(node.type, node.getAttribute("autocomplete") ?? "") || isCopy(node))
    onceSecret.add(node);
  if (!onceSecret.has(node)) return false;
  hold(node);
  return true;
}

/** Returns what may leave this world: a JSON value in which no field's secret stands. */
export function withoutSecrets(value: unknown): unknown {
  for (const field of onceSecret) hold(field);
  return hide(
    value,
    Array.from(onceSecret, (field) => field.value),
  );
}

/** Whether a field of the page that is known to be secret holds anything now. */
export function standingSecret(): boolean {
  for (const field of onceSecret) if (field.isConnected && field.value !== "") return true;
  return false;
}

/** Works across frames, where `instanceof` does not. */
export function isInput(node: Node | null): node is HTMLInputElement {
  return node !== null && node.nodeName === "INPUT" && "type" in node;
}

function hold(field: HTMLInputElement): void {
  // Emptied, a field has still held what may stand elsewhere.
  if (field.value === "" || lastHeld.get(field) === field.value) return;
  lastHeld.set(field, field.value);
  remember(field.value);
}

function isSaidSecret(type: string, autocomplete: string): boolean {
  if (type.toLowerCase() === "password") return true;
  return autocomplete
    .toLowerCase()
    .split(/\s+/)
    .some((word) => SECRET_WORDS.has(word));
}

/** A "show" button may put another field with the same content in the secret one's place. */
function isCopy(field: HTMLInputElement): boolean {
  if (field.value.length < COPY_LEAST || NOT_TEXT.has(field.type)) return false;
  for (const held of lastHeld.values()) if (held === field.value) return true;
  return false;
}

function note(records: MutationRecord[]): void {
  for (const { target, attributeName, oldValue } of records) {
    if (oldValue === null || !isInput(target)) continue;
    const was = attributeName === "type" ? [oldValue, ""] : ["", oldValue];
    if (isSaidSecret(was[0] ?? "", was[1] ?? "")) onceSecret.add(target);
  }
}
