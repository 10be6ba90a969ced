/**
 * The mirror's recorder: runs in an isolated world of the guest's top page, so that the page sees
 * neither it nor its binding. rrweb observes the page; hints from `hook.ts` and a slow round of
 * all fields bring what rrweb cannot see from here.
 */

import { record } from "rrweb";
import { Assets } from "./assets.ts";
import { isBlind, watchForReveals, withoutSecrets } from "./blind.ts";
import { fullLine, incrementalLine, type Meeting, nameNodesBy } from "./events.ts";
import { type Field, Fields, fieldsIn, isField } from "./fields.ts";
import { fontLines, watchFonts } from "./fonts.ts";
import { Outbox } from "./lines.ts";
import { keepPickersShut } from "./pickers.ts";
import { pictureLines, watchPictures } from "./pictures.ts";
import * as places from "./places.ts";
import { Sheets } from "./sheets.ts";

const HINT = "cordee-hint";
const IDS_PER_DOCUMENT = 1_000_000;
const HINTS_APART_MS = 16;
const ROUND_MS = 1000;
const META = 4;
const FULL = 2;
const INPUT = 5;

type Verb =
  | ["place", number, number, number]
  | ["focus", number]
  | ["whole", number, string]
  | ["choose", number, string[]]
  | ["tick", number, boolean]
  | ["scroll", number, number, number]
  | ["secret"];

class Recorder {
  #offset = 0;
  #stop: (() => void) | null = null;
  #round = 0;
  #isFull = false;
  #dirty = new Set<Field | Element | Document>();
  #isChecking = false;
  #checkedAt = 0;
  readonly #watched = new WeakSet<Document>();
  readonly #shadows = new Set<ShadowRoot>();
  readonly #assets = new Assets((id) => this.#node(id));
  readonly #outbox = new Outbox((line) => this.#assets.rewrite(line));
  readonly #fields = new Fields(
    (node) => this.#idOf(node),
    (line) => this.#outbox.put(line),
  );
  readonly #sheets = new Sheets(
    (node) => this.#idOf(node),
    (line) => this.#outbox.put(line),
  );

  constructor() {
    nameNodesBy((node) => record.mirror.getId(node));
    lendShadowRoots();
    this.#watch(document);
  }

  /** Begins with a whole picture. `count` is the number of this document in the visit. */
  start(count: number): void {
    const offset = count * IDS_PER_DOCUMENT;
    this.#assets.begin(count);
    if (this.#isFull && offset === this.#offset) {
      // Ids stay as they were: what an agent clicks meanwhile still finds its node.
      record.takeFullSnapshot();
      return;
    }
    this.stop();
    this.#offset = offset;
    this.#stop =
      record({
        emit: (event) => this.#take(event.type, event.data as Record<string, unknown>),
        recordAfter: "DOMContentLoaded",
        inlineStylesheet: true,
        maskInputOptions: { password: true },
        maskInputFn: () => "",
        slimDOMOptions: { script: true, comment: true, headFavicon: true },
        sampling: { mousemove: false, mouseInteraction: false, scroll: 50, media: 1000 },
      }) ?? null;
    this.#round = window.setInterval(() => this.#lookAround(), ROUND_MS);
  }

  stop(): void {
    window.clearInterval(this.#round);
    this.#stop?.();
    this.#stop = null;
    this.#isFull = false;
  }

  /** Takes the secrets out of what the daemon is about to tell, such as the address. */
  hide(texts: string[]): unknown {
    return withoutSecrets(texts);
  }

  /** Resolves once the page has run what an input made it queue, and that has been told. */
  async caughtUp(): Promise<void> {
    await new Promise((done) => window.setTimeout(done));
    if (this.#isChecking) this.#check();
  }

  /** Carries out what a verb needs of a node. */
  act(...[what, ...given]: Verb): places.Answer | boolean | null {
    switch (what) {
      case "place":
        return places.place(this.#node(given[0] as number), given[1] as number, given[2] as number);
      case "focus":
        return places.focusForText(this.#caret(given[0] as number));
      case "whole":
        return places.setWhole(this.#caret(given[0] as number), given[1] as string);
      case "choose":
        return places.choose(this.#node(given[0] as number), given[1] as string[]);
      case "tick":
        return places.tick(this.#node(given[0] as number), given[1] as boolean);
      case "scroll": {
        const id = given[0] as number;
        const node = id === 0 ? null : this.#node(id);
        if (id !== 0 && node === null) return { code: "gone" };
        return places.scroll(node, given[1] as number, given[2] as number);
      }
      case "secret":
        return places.isAtSecret();
    }
  }

  #node(id: number): Node | null {
    if (this.#stop === null) return null;
    return record.mirror.getNode(id - this.#offset);
  }

  /** Node 0 is whatever has the focus. */
  #caret(id: number): Node | null {
    return id === 0 && this.#stop !== null ? places.deepActive() : this.#node(id);
  }

  #idOf(node: Node): number {
    const id = record.mirror.getId(node);
    return id > 0 ? id + this.#offset : 0;
  }

  #meeting(): Meeting {
    return { offset: this.#offset, nodeOf: (id) => record.mirror.getNode(id) };
  }

  #take(type: number, data: Record<string, unknown>): void {
    if (type === META) {
      this.#outbox.put({
        t: "page",
        url: location.href,
        title: document.title,
        width: data.width,
        height: data.height,
        dpr: devicePixelRatio,
      });
      return;
    }
    if (type === FULL) {
      for (const root of this.#roots()) learnSecrets(root);
      this.#assets.restart();
      this.#outbox.put(fullLine(data, this.#meeting()));
      this.#isFull = true;
      this.#sheets.baseline(document);
      this.#fields.baseline(document);
      for (const root of this.#roots()) {
        this.#sheets.checkAdopted(root);
        this.#tellPictures(root);
        if ("fonts" in root) this.#tellFonts(root);
      }
      this.#fields.forgetCaret();
      this.#tellFocus(document.activeElement);
      return;
    }
    if (data.source === INPUT) {
      const field = record.mirror.getNode(data.id as number);
      if (isField(field)) this.#fields.tell(field);
      return;
    }
    const line = incrementalLine(type, data, this.#meeting());
    if (line === null) return;
    if (line.t === "mutation") {
      for (const each of (line.d as { adds: { node: { id: number } }[] }).adds) {
        const added = this.#node(each.node.id);
        if (added !== null) learnSecrets(added);
      }
    }
    this.#outbox.put(line);
    if (line.t !== "mutation") return;
    for (const each of data.adds as { node: { id: number } }[]) {
      const added = record.mirror.getNode(each.node.id);
      if (added === null) continue;
      this.#sheets.learn(added.nodeName === "STYLE" ? added : (added.parentNode ?? added));
      this.#fields.baseline(added);
      this.#tellPictures(added);
    }
  }

  #tellPictures(root: Node): void {
    const idOf = (node: Node) => this.#idOf(node);
    for (const line of pictureLines(root, idOf, this.#assets)) this.#outbox.put(line);
  }

  #tellFonts(doc: Document): void {
    const idOf = (node: Node) => this.#idOf(node);
    for (const line of fontLines(doc, idOf, this.#assets)) this.#outbox.put(line);
  }

  #watch(doc: Document): void {
    if (this.#watched.has(doc)) return;
    this.#watched.add(doc);
    watchForReveals(doc);
    watchPictures(doc, (picture) => this.#isFull && this.#tellPictures(picture));
    watchFonts(doc, () => this.#isFull && this.#tellFonts(doc));
    const view = doc.defaultView;
    if (view === null) return;
    view.addEventListener(HINT, (event) => this.#hinted(event), true);
    view.addEventListener("reset", (event) => this.#later(event.target), true);
    view.addEventListener("focusin", (event) => this.#tellFocus(event.composedPath()[0]), true);
    view.addEventListener("focusout", () => this.#tellFocus(null), true);
    doc.addEventListener("selectionchange", () => this.#tellSelection(doc.activeElement), true);
  }

  #hinted(event: Event): void {
    event.stopImmediatePropagation();
    const target = event.composedPath()[0];
    if (!isNode(target)) return;
    if (isElement(target) && target.shadowRoot !== null) this.#meetShadow(target);
    if (isField(target)) this.#mark(target);
    else if (target.nodeName === "STYLE") this.#mark(target as Element);
    else if (target.nodeType === Node.DOCUMENT_NODE) this.#mark(target as Document);
  }

  /** A root attached by the page's script: rrweb takes it for one attached here. */
  #meetShadow(host: Element): void {
    const root = host.shadowRoot;
    if (root === null || this.#shadows.has(root)) return;
    this.#shadows.add(root);
    watchForReveals(root);
    watchPictures(root, (picture) => this.#isFull && this.#tellPictures(picture));
    host.attachShadow({ mode: "open" });
  }

  #mark(target: Field | Element | Document): void {
    if (!this.#isFull) return;
    this.#dirty.add(target);
    if (this.#isChecking) return;
    this.#isChecking = true;
    const wait = this.#checkedAt + HINTS_APART_MS - performance.now();
    if (wait <= 0) queueMicrotask(() => this.#check());
    else window.setTimeout(() => this.#check(), wait);
  }

  #check(): void {
    this.#isChecking = false;
    this.#checkedAt = performance.now();
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const target of dirty) {
      if (target instanceof Document)
        for (const root of this.#roots()) this.#sheets.checkAdopted(root);
      else if (isField(target)) this.#fields.check([target]);
      else if (isElement(target)) this.#sheets.checkStyle(target);
    }
  }

  #later(target: EventTarget | null): void {
    if (!isNode(target)) return;
    window.setTimeout(() => this.#isFull && this.#fields.check(fieldsIn(target)), 0);
  }

  #lookAround(): void {
    if (!this.#isFull) return;
    for (const root of this.#roots()) {
      this.#fields.check(fieldsIn(root));
      this.#sheets.checkAdopted(root);
      for (const style of root.querySelectorAll("style")) this.#sheets.checkStyle(style);
    }
  }

  #roots(): (Document | ShadowRoot)[] {
    const roots: (Document | ShadowRoot)[] = [document];
    for (const frame of document.querySelectorAll("iframe")) {
      const inner = frame.contentDocument;
      if (inner === null) continue;
      this.#watch(inner);
      roots.push(inner);
    }
    for (const root of this.#shadows) {
      if (root.host.isConnected) roots.push(root);
      else this.#shadows.delete(root);
    }
    return roots;
  }

  #tellFocus(target: EventTarget | null | undefined): void {
    if (!this.#isFull) return;
    const id = isElement(target) && target.nodeName !== "BODY" ? this.#idOf(target) : 0;
    this.#outbox.put({ t: "focus", id });
    if (id !== 0) this.#tellSelection(isElement(target) ? target : null);
  }

  #tellSelection(element: Element | null): void {
    if (this.#isFull && isField(element)) this.#fields.tellCaret(element);
  }
}

/** Nodes of frames have constructors of their own, which `instanceof` does not know. */
function isNode(target: unknown): target is Node {
  return typeof target === "object" && target !== null && "nodeType" in target;
}

function isElement(target: unknown): target is Element {
  return isNode(target) && target.nodeType === Node.ELEMENT_NODE;
}

/** Lets the secrets under `root` be known before a picture of it leaves. */
function learnSecrets(root: Node): void {
  for (const field of fieldsIn(root)) isBlind(field);
}

/** rrweb follows `attachShadow` of its own world: asked again, it returns the root that is there. */
function lendShadowRoots(): void {
  const native = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (this: Element, given: ShadowRootInit) {
    return this.shadowRoot ?? native.call(this, given);
  };
}

declare global {
  var cordeeRecorder: Recorder | undefined;
}

keepPickersShut(window);
// Frames are recorded from the top page; without this the frames that rrweb makes would recur.
if (top === self) globalThis.cordeeRecorder = new Recorder();
