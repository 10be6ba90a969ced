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
import { Carets } from "./replay_carets.ts";

type Written = HTMLInputElement | HTMLTextAreaElement;

const MARK = "data-cordee-echo";
const TYPES = new Set(["text", "search", "tel", "url", "email"]);
const NONE: readonly Stroke[] = [];

export class ReplayEcho {
  readonly #map: NodeMap;
  readonly #echoes = new Map<number, { readonly field: Written; echo: Echo }>();
  /** The last stroke of each node that what is shown there may hold already. */
  readonly #seen = new Map<number, number>();
  readonly #carets = new Carets();
  #strokes: ReadonlyMap<number, readonly Stroke[]> = new Map();

  constructor(map: NodeMap) {
    this.#map = map;
  }

  /** Shows these strokes of each node, and no others. */
  expect(strokes: ReadonlyMap<number, readonly Stroke[]>): void {
    this.#strokes = strokes;
    for (const id of this.#seen.keys()) if (!strokes.has(id)) this.#seen.delete(id);
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

  /** The page is shown anew: whether it holds what is on its way is told by the answers only. */
  clear(): void {
    for (const id of this.#strokes.keys()) this.#lapse(id);
    for (const id of [...this.#echoes.keys()]) this.drop(id);
  }

  /** Shows what is on its way no more before the kiosk does, lest a letter stand there twice. */
  #lapse(id: number): void {
    let last = this.#echoes.get(id)?.echo.seen ?? 0;
    for (const stroke of this.#of(id)) if (stroke.id !== null) last = Math.max(last, stroke.id);
    this.#seen.set(id, Math.max(last, this.#seen.get(id) ?? 0));
  }

  #of(id: number): readonly Stroke[] {
    return this.#strokes.get(id) ?? NONE;
  }

  #show(id: number): void {
    const field = this.#map.node(id);
    const known = this.#echoes.get(id);
    if (known !== undefined && known.field !== field) {
      this.#lapse(id);
      this.drop(id);
    }
    if (!isPredicted(field)) {
      this.#settle(id);
      return;
    }
    const base = known?.field === field ? known.echo.confirmed.text : field.value;
    this.#carets.note(id, this.#of(id), base);
    const isBegun = this.#echoes.has(id);
    if (this.#of(id).length === 0 || (!isBegun && !this.#carets.isKnown(id, field))) {
      this.#settle(id);
      return;
    }
    const current = this.#echoes.get(id) ?? { field, echo: this.#begun(id, field) };
    this.#echoes.set(id, current);
    const { echo } = current;
    const shown = shownBy(echo, this.#of(id), kindOf(field));
    write(field, shown);
    field.toggleAttribute(MARK, shown.text !== echo.confirmed.text);
  }

  #begun(id: number, field: Written): Echo {
    return { ...startEcho(held(field)), seen: this.#seen.get(id) ?? 0 };
  }

  /** What the kiosk has confirmed stands. */
  #settle(id: number): void {
    const known = this.#echoes.get(id);
    if (known === undefined) return;
    this.drop(id);
    this.#carets.rest(id, known.echo.confirmed.text);
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
