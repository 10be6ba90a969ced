/**
 * Whether a picture of the page would show a secret. Asked for every picture of picture mode, after
 * it was taken: what stood in the page since it was asked last counts too. In doubt it would.
 */

import { isBlind, isInput, standingSecret, withoutSecrets } from "./blind.ts";
import { fieldsIn } from "./fields.ts";
import { contentOf } from "./frames.ts";
import { hasSecrets } from "./secrets.ts";

/** A browser may show the document before until this one has painted, or for half a second. */
const SHOWN_WITHIN_MS = 700;
const ON_THE_SCREEN_MS = 50;
const UNSEEN_AFTER_MS = 300;

export class Cover {
  /** The agent sees the page as a picture: nothing but what has the focus can be named. */
  isAsked = false;
  /** A secret has stood in the page since `isUp` was asked last. */
  #hasStood = false;
  /** What no recorder looks into, once somebody was in it. */
  readonly #closed = new Set<Element>();
  readonly #roots: () => readonly (Document | ShadowRoot)[];
  readonly #active: () => Element | null;

  constructor(roots: () => readonly (Document | ShadowRoot)[], active: () => Element | null) {
    this.#roots = roots;
    this.#active = active;
  }

  /** Notices what is typed, before the page's own listeners may take it away again. */
  watch(view: Window): void {
    for (const kind of ["input", "change"]) {
      view.addEventListener(kind, (event) => this.note(event.composedPath()[0]), true);
    }
  }

  /** A field that a person or a script has just written into. */
  note(target: unknown): void {
    if (typeof target !== "object" || target === null || !("nodeName" in target)) return;
    const field = target as Node;
    if (isInput(field) && isBlind(field) && field.value !== "") this.#hasStood = true;
  }

  /** Begins anew with what has stood in the page: for pictures only, each of which asks. */
  isUp(): boolean {
    const stands = this.stands();
    this.#hasStood = false;
    return stands;
  }

  stands(): boolean {
    return this.#isInClosedFrame() || this.#standsNow() || this.#hasStood;
  }

  /** The same, once what the screen shows is this document as it is now. */
  async isUpOnceShown(): Promise<boolean> {
    this.isAsked = true;
    while (!hasPainted() && performance.now() - BEGAN_AT < SHOWN_WITHIN_MS) await frame();
    await frame();
    await frame();
    await new Promise((done) => window.setTimeout(done, ON_THE_SCREEN_MS));
    return this.isUp();
  }

  #standsNow(): boolean {
    const roots = this.#roots();
    for (const root of roots) {
      for (const field of fieldsIn(root)) {
        if (field.value !== "" && isBlind(field)) return true;
      }
    }
    if (standingSecret()) return true;
    // A script may have copied it elsewhere, and emptied the field.
    return hasSecrets() && roots.some((root) => showsSecret(root));
  }

  #isInClosedFrame(): boolean {
    const active = this.#active();
    if (active !== null && isUnknown(active)) this.#closed.add(active);
    for (const frame of this.#closed) if (!frame.isConnected) this.#closed.delete(frame);
    return this.#closed.size > 0;
  }
}

const BEGAN_AT = performance.now();

const hasPainted = (): boolean => performance.getEntriesByName("first-paint").length > 0;
const frame = (): Promise<unknown> =>
  new Promise((done) => {
    requestAnimationFrame(done);
    // A frame out of sight is drawn no more.
    if (window !== window.top) window.setTimeout(done, UNSEEN_AFTER_MS);
  });

function showsSecret(root: Document | ShadowRoot): boolean {
  const shown = [textOf(root), ...fieldsIn(root).map((field) => field.value)];
  return shown.some((text) => withoutSecrets(text) !== text);
}

/** All that could be read, however many elements a word is cut into. */
function textOf(root: Document | ShadowRoot): string {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let text = "";
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!UNREAD.has(node.parentNode?.nodeName ?? "")) text += node.nodeValue ?? "";
  }
  return text;
}

const UNREAD = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "TITLE"]);
/** What Chromium shows by other means than a document; frames have recorders of their own. */
const UNRECORDED = new Set(["OBJECT", "EMBED", "FENCEDFRAME"]);

function isUnknown(element: Element): boolean {
  return UNRECORDED.has(element.nodeName) && contentOf(element) === null;
}
