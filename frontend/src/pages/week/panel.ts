/** The small dialog beside a block: a heading and a few answers, one of them a way out. */
import { element } from "../../browser/elements.ts";

export interface Choice {
  readonly label: string;
  readonly kind: "" | "second" | "plain" | "stop";
  /** An address to go to, or what to do. */
  readonly act: string | (() => void);
}

export class Panel {
  readonly #host: HTMLElement;
  #open: HTMLElement | null = null;
  #leave: () => void = () => undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
    document.addEventListener("pointerdown", (event) => {
      if (this.#open !== null && !this.#open.contains(event.target as Node)) this.close();
    });
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  holds(node: EventTarget | null): boolean {
    return node instanceof Node && this.#open?.contains(node) === true;
  }

  /** Opens beside `block`. `leave` is called when it is closed without an answer. */
  open(block: HTMLElement, heading: string, choices: readonly Choice[], leave: () => void): void {
    this.#drop();
    const answers = choices.map((choice) => this.#answer(choice));
    const title = element("h2", { id: "week-panel-title" }, heading);
    const panel = element(
      "div",
      { class: "week-panel", role: "dialog", "aria-labelledby": "week-panel-title" },
      title,
      ...answers,
    );
    panel.addEventListener("keydown", (event) => this.#onKey(event, answers));
    this.#host.append(panel);
    this.#leave = leave;
    this.#open = panel;
    place(panel, block, this.#host);
    answers[0]?.focus();
  }

  /** Closes without an answer. */
  close(): void {
    if (this.#open === null) return;
    const leave = this.#leave;
    this.#drop();
    leave();
  }

  #answer(choice: Choice): HTMLElement {
    const style = `button ${choice.kind}`.trim();
    if (typeof choice.act === "string") {
      return element("a", { class: style, href: choice.act }, choice.label);
    }
    const act = choice.act;
    const onclick = (): void => {
      this.#drop();
      act();
    };
    return element("button", { type: "button", class: style, onclick }, choice.label);
  }

  #onKey(event: KeyboardEvent, answers: readonly HTMLElement[]): void {
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return;
    }
    const by = { ArrowDown: 1, ArrowUp: -1, Tab: event.shiftKey ? -1 : 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const here = answers.indexOf(document.activeElement as HTMLElement);
    answers[(here + by + answers.length) % answers.length]?.focus();
  }

  #drop(): void {
    this.#open?.remove();
    this.#open = null;
    this.#leave = () => undefined;
  }
}

/** Under the block, or over it where there is no room; never beyond the edges of the grid. */
function place(panel: HTMLElement, block: HTMLElement, host: HTMLElement): void {
  const at = block.getBoundingClientRect();
  const edge = host.getBoundingClientRect();
  const size = panel.getBoundingClientRect();
  const most = Math.max(0, edge.width - size.width);
  const left = Math.max(0, Math.min(most, at.left - edge.left));
  const below = at.bottom - edge.top + 6;
  const over = at.top - edge.top - size.height - 6;
  const isRoom = below + size.height <= edge.height || over < 0;
  panel.style.left = `${left}px`;
  panel.style.top = `${isRoom ? below : over}px`;
}
