/** The mirror's lines as they leave the page, and the queue that brings them to the daemon. */

import { withoutSecrets } from "./blind.ts";

declare global {
  /** Made by the daemon in this isolated world only; the page never sees it. */
  var cordeeMirror: ((text: string) => void) | undefined;
}

export type Line = { readonly t: string; readonly [name: string]: unknown };

/** More than this at once leaves in several pieces, so that one too large takes no other with it. */
const PIECE_MOST_CHARS = 4_000_000;

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
    const waiting = this.#waiting;
    this.#waiting = [];
    let piece = "";
    for (const line of waiting) {
      if (piece.length + line.length > PIECE_MOST_CHARS && piece !== "") {
        globalThis.cordeeMirror?.(piece);
        piece = "";
      }
      piece += `${line}\n`;
    }
    if (piece !== "") globalThis.cordeeMirror?.(piece);
  }
}
