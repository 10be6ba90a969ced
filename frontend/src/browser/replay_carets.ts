/**
 * Whether the caret is known in a field that does not say where it is: those of e-mail addresses
 * have no text selection (HTML, section 4.10.20). There it is at the end of what was typed into an
 * empty field, until something may have moved it.
 */
import type { Stroke } from "../core/echo.ts";

interface Known {
  /** The caret is at the end of this text; null where nobody knows. */
  readonly text: string | null;
  /** The last stroke that has been looked at. */
  readonly looked: number;
}

export class Carets {
  readonly #known = new Map<number, Known>();

  /** Looks at what is on its way to a field that holds `base`. */
  note(id: number, strokes: readonly Stroke[], base: string): void {
    let { text, looked } = this.#known.get(id) ?? { text: null, looked: 0 };
    if (base === "") text = "";
    for (const stroke of strokes) {
      if (stroke.id === null || stroke.id <= looked) continue;
      looked = stroke.id;
      if (isMoving(stroke) && base !== "") text = null;
    }
    this.#known.set(id, { text, looked });
  }

  /** Nothing is on its way any more, and the field holds `text`. */
  rest(id: number, text: string): void {
    const known = this.#known.get(id);
    if (known !== undefined && known.text !== null) this.#known.set(id, { ...known, text });
  }

  /** Whether it is known where in this field the next stroke lands. */
  isKnown(id: number, { selectionStart, value }: HTMLInputElement | HTMLTextAreaElement): boolean {
    if (selectionStart !== null || value === "") return true;
    return this.#known.get(id)?.text === value;
  }
}

function isMoving(stroke: Stroke): boolean {
  return stroke.kind === "key" ? stroke.key !== "Backspace" : stroke.kind !== "text";
}
