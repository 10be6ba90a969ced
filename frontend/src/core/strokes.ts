/** Which strokes of the agent are on their way to which node, for the predicted echo. */
import type { Stroke } from "./echo.ts";
import { focusOf, type Verbs } from "./verbs.ts";
import type { Verb } from "./wire/control.ts";

const EDITING = new Set([
  "Backspace",
  "Delete",
  "ArrowLeft",
  "ArrowRight",
  "Home",
  "End",
  "Enter",
] as const);

/** The unanswered strokes of each node that has some, in order; what is not sent yet stands last. */
export function strokesOf(verbs: Verbs): ReadonlyMap<number, readonly Stroke[]> {
  const strokes = new Strokes();
  for (const verb of verbs.sent) strokes.addSent(verb, verbs.aims.get(verb.id));
  if (verbs.held !== null) strokes.addText(verbs.held.node, null, verbs.held.text);
  const focus = focusOf(verbs);
  for (const item of focus === null ? [] : verbs.waiting) {
    const node = focus?.node ?? 0;
    if (item.kind === "typed") strokes.addText(node, null, item.text);
    else if (item.kind === "space" && focus?.isWritten) strokes.addText(node, null, " ");
    else if (item.kind === "verb" && item.verb.type === "press" && item.focus === "same")
      strokes.addKey(node, null, item.verb);
    else break;
  }
  return strokes.found();
}

type Press = Pick<Extract<Verb, { type: "press" }>, "key" | "shift">;

class Strokes {
  readonly #of = new Map<number, Stroke[]>();
  /** What may have touched any field, so also one that is met later. */
  readonly #anywhere: Stroke[] = [];

  found(): ReadonlyMap<number, readonly Stroke[]> {
    const isEdit = ({ kind }: Stroke): boolean => kind === "text" || kind === "key";
    return new Map([...this.#of].filter(([, strokes]) => strokes.some(isEdit)));
  }

  /** `aim` is the node that a key goes to or a click leads to; undefined where nobody knows. */
  addSent(verb: Verb, aim: number | undefined): void {
    switch (verb.type) {
      case "type":
        this.addText(verb.node, verb.id, verb.text);
        break;
      case "press":
        if (aim === undefined) this.#everywhere({ kind: "entry", id: verb.id });
        else this.addKey(aim, verb.id, verb);
        break;
      case "click":
      case "choose":
      case "tick":
        if (aim === undefined) this.#everywhere({ kind: "entry", id: verb.id });
        else this.#add(aim, { kind: "entry", id: verb.id });
        break;
      case "open":
      case "go":
        this.#everywhere({ kind: "other", id: verb.id });
        break;
      case "scroll":
      case "hover":
        break;
    }
  }

  addText(node: number, id: number | null, text: string): void {
    if (node === 0) this.#everywhere({ kind: "other", id });
    else this.#add(node, { kind: "text", id, text });
  }

  addKey(node: number, id: number | null, { key, shift }: Press): void {
    const isEdit = (EDITING as ReadonlySet<string>).has(key) && (!shift || key === "Enter");
    if (node === 0) this.#everywhere({ kind: "other", id });
    else this.#add(node, isEdit ? { kind: "key", id, key } : { kind: "other", id });
  }

  #add(node: number, stroke: Stroke): void {
    const of = this.#of.get(node);
    if (of === undefined) this.#of.set(node, [...this.#anywhere, stroke]);
    else of.push(stroke);
  }

  #everywhere(stroke: Stroke): void {
    this.#anywhere.push(stroke);
    for (const of of this.#of.values()) of.push(stroke);
  }
}
