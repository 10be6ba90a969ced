/** The mirror's lines as they leave the page, and the queue that brings them to the daemon. */

import { withoutSecrets } from "./blind.ts";

declare global {
  /** Made by the daemon in this isolated world only; the page never sees it. */
  var cordeeMirror: ((text: string) => void) | undefined;
}

export type Line = { readonly t: string; readonly [name: string]: unknown };

/** Lines of one task leave together: the daemon compresses and sends them as one piece. */
export class Outbox {
  #waiting: string[] = [];
  /** How many lines were put that say what the page shows. */
  told = 0;
  readonly #rewrite: (line: Line) => Line;

  /** `rewrite` returns a line as it may leave, but for secrets. */
  constructor(rewrite: (line: Line) => Line) {
    this.#rewrite = rewrite;
  }

  put(line: Line): void {
    if (line.t !== "sample") this.told += 1;
    this.#waiting.push(JSON.stringify(withoutSecrets(this.#rewrite(line))));
    if (this.#waiting.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const text = this.#waiting.join("\n");
    this.#waiting = [];
    if (text !== "") globalThis.cordeeMirror?.(`${text}\n`);
  }
}
