/** What form fields hold and where the caret is, told when it differs from what was told before. */

import { isBlind, isInput, withoutSecrets } from "./blind.ts";
import { isFileField, namesIn } from "./file_fields.ts";
import type { Line } from "./lines.ts";
import { nameOf } from "./names.ts";

export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const FIELDS = "input,textarea,select";

export class Fields {
  #told = new WeakMap<Element, string>();
  #caretTold = "";
  readonly #idOf: (node: Node) => number;
  readonly #put: (line: Line) => void;

  constructor(idOf: (node: Node) => number, put: (line: Line) => void) {
    this.#idOf = idOf;
    this.#put = put;
  }

  /** Takes what the page now shows under `root` as told (a picture of it has just been sent). */
  baseline(root: Node): void {
    for (const field of fieldsIn(root)) {
      this.#told.set(field, truth(field));
      if (isBlind(field)) this.#tellBlind(field as HTMLInputElement);
      else if (isInput(field) && field.indeterminate) this.tell(field);
    }
  }

  /** Tells each field whose content is not what was told. */
  check(fields: Iterable<Field>): void {
    for (const field of fields) {
      const now = truth(field);
      if (this.#told.get(field) === now) continue;
      this.tell(field);
    }
  }

  /** Tells one field. */
  tell(field: Field): void {
    const id = this.#idOf(field);
    if (id === 0) return;
    this.#told.set(field, truth(field));
    if (isInput(field) && isBlind(field)) {
      this.#tellBlind(field);
      return;
    }
    if (isInput(field)) {
      if (field.type === "hidden") return;
      if (field.type === "file") {
        this.#put({ t: "input", id, text: namesIn(field), checked: false });
        return;
      }
      const caret = this.#caret(field, id);
      const half = field.indeterminate ? { half: true } : {};
      this.#put({ t: "input", id, text: field.value, checked: field.checked, ...half, ...caret });
      return;
    }
    if (nameOf(field) === "select" && (field as HTMLSelectElement).multiple) {
      for (const option of (field as HTMLSelectElement).options) {
        const optionId = this.#idOf(option);
        if (optionId === 0) continue;
        this.#put({ t: "input", id: optionId, text: option.value, checked: option.selected });
      }
      return;
    }
    this.#put({ t: "input", id, text: field.value, checked: false, ...this.#caret(field, id) });
  }

  /** Tells where the caret stands in a field, or what is selected, unless that was told last. */
  tellCaret(field: Field): void {
    if (isBlind(field)) return;
    if (this.#told.get(field) !== truth(field)) {
      // A script has just written: a caret in the text told before would mean nothing.
      this.tell(field);
      return;
    }
    const id = this.#idOf(field);
    const before = this.#caretTold;
    const caret = this.#caret(field, id);
    if (id === 0 || caret === null || this.#caretTold === before) return;
    this.#put({ t: "select", id, ...caret });
  }

  /** Lets the caret be told again: a picture of the whole page does not show it. */
  forgetCaret(): void {
    this.#caretTold = "";
  }

  /** Null where there is none to tell: it would count the letters of a secret that is masked. */
  #caret(field: Field, id: number): { start: number; end: number } | null {
    if (nameOf(field) === "select") return null;
    const { selectionStart: start, selectionEnd: end } = field as HTMLInputElement;
    if (start === null || end === null) return null;
    if (withoutSecrets(field.value) !== field.value) return null;
    this.#caretTold = `${id} ${start} ${end}`;
    return { start, end };
  }

  #tellBlind(field: HTMLInputElement): void {
    const id = this.#idOf(field);
    if (id !== 0) this.#put({ t: "blind", id, filled: field.value !== "" });
  }
}

/** Every field under `root`, itself included. */
export function fieldsIn(root: Node): Field[] {
  const found: Field[] = isField(root) ? [root] : [];
  if ("querySelectorAll" in root) {
    found.push(...(root as ParentNode).querySelectorAll<Field>(FIELDS));
  }
  return found;
}

/** Lets the secrets under `root` be known before a picture of it leaves. */
export function learnSecrets(root: Node): void {
  for (const field of fieldsIn(root)) isBlind(field);
}

export function isField(node: Node | null): node is Field {
  return (
    node !== null &&
    (nameOf(node) === "input" || nameOf(node) === "textarea" || nameOf(node) === "select") &&
    "value" in node
  );
}

/** A word for what a field holds; of a blind one only whether it holds anything. */
function truth(field: Field): string {
  if (isBlind(field)) return field.value === "" ? "blind" : "blind filled";
  if (isFileField(field)) return namesIn(field);
  if (isInput(field)) return `${field.checked}${field.indeterminate}${field.value}`;
  if (nameOf(field) === "select" && (field as HTMLSelectElement).multiple) {
    return Array.from((field as HTMLSelectElement).options, (each) => +each.selected).join("");
  }
  return field.value;
}
