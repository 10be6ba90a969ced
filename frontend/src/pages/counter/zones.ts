/** What the zones of the counter have in common. */
import { element } from "../../browser/elements.ts";
import type { Counter, CounterEvent } from "../../core/counter_state.ts";
import type { CounterView } from "../../core/counter_view.ts";
import type { Words } from "../../core/words.ts";

export interface ZoneParts {
  readonly words: Words;
  readonly homeUrl: string;
  readonly keysUrl: string;
  readonly dispatch: (event: CounterEvent) => void;
}

export interface Zone {
  readonly root: HTMLElement;
  render(view: CounterView, state: Counter): void;
}

/** Writes only what changed, so that a screen reader hears it once. */
export function write(target: HTMLElement, words: string): void {
  if (target.textContent !== words) target.textContent = words;
}

/** Returns an empty element to be written into. */
export function text(tag: "p" | "span" | "strong" | "b", kind = ""): HTMLElement {
  return element(tag, kind === "" ? {} : { class: kind });
}
