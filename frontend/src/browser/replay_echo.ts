/**
 * The fields of the replay in which the agent's strokes are shown before the kiosk has confirmed
 * them: marked while they differ, and as the kiosk says once nothing is on its way.
 */
import {
  confirm,
  type Echo,
  type FieldKind,
  type Holding,
  type Said,
  type Stroke,
  shownBy,
  startEcho,
} from "../core/echo.ts";
import { isInput, isTextArea, type NodeMap } from "./replay_build.ts";

type Written = HTMLInputElement | HTMLTextAreaElement;

const MARK = "data-cordee-echo";
const TYPES = new Set(["text", "search", "tel", "url", "email"]);
const NONE: readonly Stroke[] = [];

export class ReplayEcho {
  readonly #map: NodeMap;
  readonly #echoes = new Map<number, { readonly field: Written; echo: Echo }>();
  #strokes: ReadonlyMap<number, readonly Stroke[]> = new Map();

  constructor(map: NodeMap) {
    this.#map = map;
  }

  /** Shows these strokes of each node, and no others. */
  expect(strokes: ReadonlyMap<number, readonly Stroke[]>): void {
    this.#strokes = strokes;
    for (const id of new Set([...this.#echoes.keys(), ...strokes.keys()])) this.#show(id);
  }

  /** Takes what the kiosk says of a field that is being predicted; false for any other. */
  confirm(id: number, said: Said): boolean {
    const shown = this.#echoes.get(id);
    if (shown === undefined || shown.field !== this.#map.node(id)) return false;
    shown.echo = confirm(shown.echo, said, this.#of(id), kindOf(shown.field));
    this.#show(id);
    return true;
  }

  /** Whether what this field shows is not its own value. */
  has(id: number): boolean {
    return this.#echoes.has(id);
  }

  /** Predicts nothing of this field any more. */
  drop(id: number): void {
    this.#echoes.get(id)?.field.removeAttribute(MARK);
    this.#echoes.delete(id);
  }

  clear(): void {
    for (const id of [...this.#echoes.keys()]) this.drop(id);
  }

  #of(id: number): readonly Stroke[] {
    return this.#strokes.get(id) ?? NONE;
  }

  #show(id: number): void {
    const field = this.#map.node(id);
    const known = this.#echoes.get(id);
    if (known !== undefined && known.field !== field) this.drop(id);
    if (!isPredicted(field)) {
      this.#settle(id);
      return;
    }
    if (this.#of(id).length === 0) {
      this.#settle(id);
      return;
    }
    const current = this.#echoes.get(id) ?? { field, echo: startEcho(held(field)) };
    this.#echoes.set(id, current);
    const { echo } = current;
    const shown = shownBy(echo, this.#of(id), kindOf(field));
    write(field, shown);
    field.toggleAttribute(MARK, shown.text !== echo.confirmed.text);
  }

  /** What the kiosk has confirmed stands. */
  #settle(id: number): void {
    const known = this.#echoes.get(id);
    if (known === undefined) return;
    this.drop(id);
    write(known.field, known.echo.confirmed);
  }
}

function isPredicted(node: Node | undefined): node is Written {
  if (isTextArea(node)) return isOpen(node);
  return isInput(node) && TYPES.has(node.type) && isOpen(node);
}

function isOpen(field: Written): boolean {
  return !field.readOnly && !field.disabled && !field.hasAttribute("data-cordee-blind");
}

function kindOf(field: Written): FieldKind {
  const { maxLength } = field;
  return { hasLines: isTextArea(field), maxLength: maxLength >= 0 ? maxLength : null };
}

function held({ value, selectionStart, selectionEnd }: Written): Holding {
  return {
    text: value,
    start: selectionStart ?? value.length,
    end: selectionEnd ?? value.length,
  };
}

function write(field: Written, { text, start, end }: Holding): void {
  if (field.value !== text) field.value = text;
  // Fields of e-mail addresses have no text selection (HTML, section 4.10.20).
  if (field.selectionStart !== null) field.setSelectionRange(start, end);
}
