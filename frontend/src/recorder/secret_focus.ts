/**
 * The citizen's own keyboard, seen from the page: which blind field has the focus, told to the
 * daemon beside the mirror, and what is typed written into that field and no other.
 *
 * A character is written by the editor itself (`execCommand`) in the task that has looked where
 * the focus is: between the look and the writing no script of the page can move it elsewhere.
 */

import { isBlind, isInput, secretKind, typedIn } from "./blind.ts";
import { takesDigits } from "./blind_kinds.ts";
import { deepActive } from "./places.ts";

/** As many dots as the stage shows at most (SECRET_DOTS_MOST of the wire). */
const DOTS_MOST = 24;
/** By which older pages know these keys. */
const OLD_CODES: Readonly<Record<string, number>> = { Backspace: 8, ArrowLeft: 37, ArrowRight: 39 };

export class SecretFocus {
  readonly #tell: (text: string) => void;
  #field: HTMLInputElement | null = null;
  #number = 0;
  #told = "";
  #timer = 0;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Hears of the focus in one window. */
  watch(view: Window): void {
    // Between losing and gaining the focus there is none: look once both have been.
    const soon = () => {
      this.#timer ||= window.setTimeout(() => this.look(), 0);
    };
    for (const kind of ["focusin", "focusout", "input"]) view.addEventListener(kind, soon, true);
  }

  /** Tells the daemon when it is another field, or holds another number of characters. */
  look(): void {
    window.clearTimeout(this.#timer);
    this.#timer = 0;
    // A frame's own document may have an active element while the keys go elsewhere.
    const active = window === window.top || document.hasFocus() ? deepActive() : null;
    const field = isInput(active) && isBlind(active) && isOpen(active) ? active : null;
    if (field !== this.#field) {
      this.#field = field;
      // Never the number of another document's field.
      if (field !== null) this.#number = Math.ceil(Math.random() * 2 ** 48);
    }
    const kind = field === null ? "" : secretKind(field);
    const about =
      field === null || kind === ""
        ? { field: 0 }
        : {
            field: this.#number,
            kind,
            pad: takesDigits(field, kind) ? "digits" : "letters",
            typed: Math.min(typedIn(field), DOTS_MOST),
          };
    const text = JSON.stringify(about);
    if (text === this.#told) return;
    this.#told = text;
    this.#tell(text);
  }

  /** Carries out one stroke; false when the field with this number has the focus no more. */
  edit(number: number, text: string, key: string): boolean {
    this.look();
    const field = this.#field;
    if (field === null || number !== this.#number) return false;
    if (key === "Done") field.blur();
    else if (this.#mayType(field, text || key)) write(field, text, key);
    field.dispatchEvent(stroke("keyup", text || key));
    this.look();
    return true;
  }

  /** Lets the page's own handlers see the key: they may refuse it, or move the focus. */
  #mayType(field: HTMLInputElement, key: string): boolean {
    const isTaken = field.dispatchEvent(stroke("keydown", key));
    this.look();
    return isTaken && this.#field === field;
  }
}

/** Nothing may stand between the look at the focus and this. */
function write(field: HTMLInputElement, text: string, key: string): void {
  const page = field.ownerDocument;
  if (key === "") page.execCommand("insertText", false, text);
  else if (key === "Backspace") page.execCommand("delete");
  else page.getSelection()?.modify("move", key.slice(5).toLowerCase(), "character");
}

function stroke(kind: string, key: string): KeyboardEvent {
  const keyCode = OLD_CODES[key] ?? 0;
  return new KeyboardEvent(kind, {
    key,
    keyCode,
    bubbles: true,
    cancelable: true,
    composed: true,
  });
}

function isOpen(field: HTMLInputElement): boolean {
  return !field.readOnly && !field.disabled && field.isConnected;
}
