/** Which fields hold secrets. What is in them never leaves this module's callers. */

import { kindOf, type SecretKind, saidKind } from "./blind_kinds.ts";
import { hide, remember } from "./secrets.ts";

/** What a copy holds is taken for the secret only when it is not as short as a chance. */
const COPY_LEAST = 4;
const NOT_TEXT = new Set(["checkbox", "radio", "button", "submit", "reset", "image"]);

/** A code or a card's number may be asked for in boxes of so many characters. */
const BOX_MOST = 4;

const onceSecret = new Map<HTMLInputElement, SecretKind>();
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
 * True for a field that holds a secret by its kind (`kindOf`), one that has been such, and one that
 * a script has filled with what such a field held.
 */
export function isBlind(node: Node | null): boolean {
  if (!isInput(node)) return false;
  // A script may change the type and fire an event in one go, before observers are told.
  for (const watcher of watchers) note(watcher.takeRecords());
  const kind = onceSecret.get(node) ?? kindOf(node) ?? (isCopy(node) ? "secret" : null);
  if (kind !== null) onceSecret.set(node, kind);
  if (!onceSecret.has(node)) return false;
  hold(node);
  return true;
}

/** Returns what may leave this world: a JSON value in which no field's secret stands. */
export function withoutSecrets(value: unknown): unknown {
  const fields = [...onceSecret.keys()];
  for (const field of fields) hold(field);
  for (const whole of inBoxes(fields)) remember(whole);
  return hide(
    value,
    fields.map((field) => field.value),
  );
}

/** Whether a field of the page that is known to be secret holds anything now. */
export function standingSecret(): boolean {
  for (const field of onceSecret.keys()) if (field.isConnected && field.value !== "") return true;
  return false;
}

/** What a blind field asks for; empty of one that is not blind. */
export function secretKind(field: HTMLInputElement): SecretKind | "" {
  return onceSecret.get(field) ?? "";
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

/** Returns what the small boxes of each form say together: a script puts them in one. */
function inBoxes(fields: readonly HTMLInputElement[]): string[] {
  const found = new Map<Node, string>();
  for (const field of fields) {
    if (field.maxLength < 1 || field.maxLength > BOX_MOST || !field.isConnected) continue;
    const form = field.form ?? field.getRootNode();
    found.set(form, (found.get(form) ?? "") + field.value);
  }
  return [...found.values()];
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
    const kind = saidKind(was[0] ?? "", was[1] ?? "");
    if (kind !== null && !onceSecret.has(target)) onceSecret.set(target, kind);
  }
}
