/** The agent's half of the corpus: the mirror's bytes into a replay, and nodes by selector. */

import { readMirror } from "../src/browser/mirror_stream.ts";
import { Replay } from "../src/browser/replay.ts";
import { parseReplayLine } from "../src/core/replay_events.ts";

const WORDS = { blindFilled: "rempli", blindEmpty: "secret" };

export class Viewer {
  readonly replay: Replay;
  readonly done: number[] = [];
  lost = 0;
  url = "";
  readonly #stream;

  constructor(frame: HTMLIFrameElement) {
    const sized = (width: number, height: number): void => {
      if (width <= 0 || height <= 0) return;
      frame.style.width = `${width}px`;
      frame.style.height = `${height}px`;
    };
    const doc = frame.contentDocument;
    if (doc === null) throw new Error("the replay's document cannot be reached");
    this.replay = new Replay(
      doc,
      {
        onPage: (page) => {
          this.url = page.url;
          sized(page.width, page.height);
        },
        onViewport: sized,
        onFocus: () => undefined,
        onLost: () => {
          this.lost++;
        },
        isScrolling: () => false,
      },
      WORDS,
    );
    this.#stream = readMirror({
      onEpoch: () => this.replay.clear(),
      onLine: (line) => {
        const event = parseReplayLine(line);
        if (event?.kind === "done") this.done.push(event.verb);
        else if (event !== null) this.replay.apply(event);
      },
      onBroken: () => {
        this.lost++;
      },
    });
  }

  /** Takes pieces of the stream, base64 each. */
  push(pieces: string[]): void {
    for (const piece of pieces) {
      this.#stream.push(Uint8Array.from(atob(piece), (each) => each.charCodeAt(0)).buffer);
    }
  }

  /** Returns the mirror's number of a node; `>>>` goes into a shadow root or a frame. */
  idOf(path: string): number {
    let root: Document | ShadowRoot = this.replay.doc;
    let found: Element | null = null;
    for (const css of path.split(" >>> ")) {
      if (found !== null) {
        const inner = found.shadowRoot ?? (found as HTMLIFrameElement).contentDocument;
        if (inner === null || inner === undefined) return 0;
        root = inner;
      }
      found = root.querySelector(css);
      if (found === null) return 0;
    }
    return found === null ? 0 : (this.replay.map.id(found) ?? 0);
  }
}
