/**
 * The citizen's own keyboard, seen from the page: which blind field has the focus, told to the
 * daemon beside the mirror, and what is typed written into that field and no other.
 *
 * A character is written by the editor itself (`execCommand`) in the task that has looked where
 * the focus is: between the look and the writing no script of the page can move it elsewhere.
 */

import { isBlind, isInput, secretKind } from "./blind.ts";
import { takesDigits } from "./blind_kinds.ts";
import { deepActive } from "./places.ts";

/** As many dots as the stage shows at most (SECRET_DOTS_MOST of the wire). */
const DOTS_MOST = 24;

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
            typed: Math.min(Array.from(field.value).length, DOTS_MOST),
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
    const page = field.ownerDocument;
    switch (key) {
      case "":
        page.execCommand("insertText", false, text);
        break;
      case "Backspace":
        page.execCommand("delete");
        break;
      case "ArrowLeft":
      case "ArrowRight":
        page.getSelection()?.modify("move", key.slice(5).toLowerCase(), "character");
        break;
      case "Done":
        field.blur();
        break;
    }
    this.look();
    return true;
  }
}

function isOpen(field: HTMLInputElement): boolean {
  return !field.readOnly && !field.disabled && field.isConnected;
}
