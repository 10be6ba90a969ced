/**
 * The mirror's recorder: runs in an isolated world of the guest's top page, and of each frame that
 * its parent may not look into, so that the page sees neither it nor its binding. rrweb observes
 * the page; hints from `hook.ts` and a slow round of all fields bring what it cannot see from here.
 */

import { record } from "rrweb";
import { act, type Verb } from "./acts.ts";
import { Assets } from "./assets.ts";
import { watchForReveals, withoutSecrets } from "./blind.ts";
import { Checks } from "./checks.ts";
import { hostOfClosed, lendClosedRoots } from "./closed.ts";
import { Cover } from "./cover.ts";
import { Disabled } from "./disabled.ts";
import { fullLine, incrementalLine, type Meeting, nameNodesBy } from "./events.ts";
import { type Field, Fields, fieldsIn, isField, learnSecrets } from "./fields.ts";
import { fileFacts, fileFieldOf } from "./file_fields.ts";
import { fontLines, watchFonts } from "./fonts.ts";
import { closedIn, framesAmong, isClosed, isOnItsOwn, tellDaemon } from "./frames.ts";
import { lookForIslands, type Sight } from "./islands.ts";
import { type Line, Outbox } from "./lines.ts";
import { isElement, isNode, nameOf } from "./names.ts";
import { keepPickersShut } from "./pickers.ts";
import { pictureLines, watchPictures } from "./pictures.ts";
import * as places from "./places.ts";
import { watchPointer } from "./pointer.ts";
import { onNewContent, RECORDING } from "./recording.ts";
import { Samples } from "./samples.ts";
import { SecretFocus } from "./secret_focus.ts";
import { recall, tellKept } from "./secrets.ts";
import { lendShadowRoots, Shadows } from "./shadows.ts";
import { beginStyleIdsAt, Sheets } from "./sheets.ts";
import { Sights } from "./sights.ts";

const HINT = "cordee-hint";
const IDS_PER_DOCUMENT = 1_000_000;
const ROUND_MS = 1000;
/** Rounds from one sample for the check of the mirror to the next. */
const SAMPLED_EVERY = 3;
const META = 4;
const FULL = 2;
const INPUT = 5;

class Recorder {
  #offset = 0;
  #owner = 0;
  #stop: (() => void) | null = null;
  #round = 0;
  #rounds = 0;
  #isFull = false;
  readonly #checks = new Checks((each: Field | Element | Document) => this.#check(each));
  readonly cover = new Cover(() => this.#roots(), places.deepActive);
  readonly #watched = new WeakSet<Document>();
  readonly #shadows = new Shadows((root) => this.#watchShadow(root));
  #count = 0;
  #focusTold = 0;
  readonly #assets = new Assets(
    (id) => this.#node(id),
    () => this.cover.stands(),
  );
  readonly #outbox = new Outbox((line) => this.#assets.rewrite(line));
  readonly #numbers = (node: Node): number => this.#idOf(node);
  readonly #tell = (line: Line): void => this.#outbox.put(line);
  readonly #fields = new Fields(this.#numbers, this.#tell);
  readonly #samples = new Samples(this.#numbers);
  readonly #sheets = new Sheets(this.#numbers, this.#tell);
  readonly #disabled = new Disabled(this.#numbers, this.#tell);
  readonly #sights = new Sights(this.#numbers, this.#tell);
  readonly #secret = new SecretFocus((text) => globalThis.cordeeMirror?.(`!${text}`));

  constructor() {
    tellKept((value) => globalThis.cordeeMirror?.(`!${JSON.stringify({ kept: value })}`));
    nameNodesBy((node) => record.mirror.getId(node));
    lendShadowRoots();
    lendClosedRoots();
    this.#watch(document);
    onNewContent(() => this.#meetNewContent());
    window.setTimeout(() => this.#secret.look());
  }

  /**
   * Begins with a whole picture. `count` is the number of this document in the visit, `owner` the
   * frame element that it stands in, by its parent's ids; 0 for the top page.
   */
  start(count: number, owner = 0): void {
    this.cover.isAsked = false;
    this.#count = count;
    const offset = count * IDS_PER_DOCUMENT;
    this.#owner = owner;
    beginStyleIdsAt(offset);
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
        ...RECORDING,
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

  /** Takes over the secrets that earlier pages of this visit have held. */
  recall(values: string[]): void {
    recall(values);
  }

  /** Writes one stroke of the citizen's keyboard into the blind field with this number. */
  typeSecret(field: number, text: string, key: string): boolean {
    return this.#secret.edit(field, text, key);
  }

  /** Tells a sample now, for tests and benches. */
  sample(): void {
    this.#tellSample();
  }

  /** What the daemon may take pictures of now. */
  islands(): Sight {
    const roots = this.#isFull ? this.#roots() : [];
    return lookForIslands(roots, this.#numbers, () => this.cover.isUp());
  }

  /** Resolves once the page has run what an input made it queue, and that has been told. */
  async caughtUp(): Promise<void> {
    await new Promise((done) => window.setTimeout(done));
    this.#checks.catchUp();
  }

  /** The number of a node, 0 when it has not been told. */
  idOf(node: Node): number {
    return this.#stop === null ? 0 : this.#idOf(node);
  }

  /** The frame elements whose documents have recorders of their own. */
  closedFrames(): Element[] {
    return closedIn(this.#roots());
  }

  /** The file field that a node is or leads to; the daemon asks for it after `file`. */
  fileField(id: number): Element | null {
    return fileFieldOf(this.#node(id));
  }

  /** What a file field takes. */
  readonly fileFacts = fileFacts;

  /** Carries out what a verb needs of a node. */
  act(...verb: Verb): places.Answer | null {
    return act(verb, {
      node: (id) => this.#node(id),
      caret: (id) => this.#caret(id),
      idOf: (node) => this.#idOf(node),
      cover: this.cover,
    });
  }

  #node(id: number): Node | null {
    if (this.#stop === null) return null;
    return record.mirror.getNode(id - this.#offset);
  }

  /** Node 0 is whatever has the focus. */
  #caret(id: number): Node | null {
    const isSeen = this.#stop !== null || this.cover.isAsked;
    return id === 0 && isSeen ? places.deepActive() : this.#node(id);
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
      if (this.#owner !== 0) return;
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
      this.#outbox.put(fullLine(data, this.#meeting(), this.#owner));
      this.#isFull = true;
      this.#sheets.baseline(document);
      this.#fields.baseline(document);
      this.#shadows.meetUnder(document, (root) => this.#fields.baseline(root));
      for (const root of this.#roots()) {
        this.#sheets.checkAdopted(root);
        this.#disabled.learn(root);
        this.#tellPictures(root);
        if ("fonts" in root) this.#tellFonts(root);
      }
      this.#sights.baseline(this.#roots());
      this.#fields.forgetCaret();
      this.#focusTold = -1;
      // A frame's own document may have an active element while the keys go elsewhere.
      if (this.#owner === 0 || document.hasFocus()) this.#tellFocus(places.deepActive());
      return;
    }
    if (data.source === INPUT) {
      const field = record.mirror.getNode(data.id as number);
      if (isField(field)) this.#fields.tell(field);
      return;
    }
    const line = incrementalLine(type, data, this.#meeting());
    if (line === null || (line.t === "viewport" && this.#owner !== 0)) return;
    if (line.t === "mutation") {
      const { adds } = line.d as { adds: { node: { id: number } }[] };
      for (const each of adds) {
        const added = this.#node(each.node.id);
        if (added !== null) learnSecrets(added);
      }
      const frames = framesAmong(adds);
      if (frames.length > 0) tellDaemon({ frames });
    }
    this.#outbox.put(line);
    if (line.t !== "mutation") return;
    for (const each of data.adds as { node: { id: number } }[]) {
      const added = record.mirror.getNode(each.node.id);
      if (added === null) continue;
      const { parentNode } = added;
      const isInStyle = parentNode !== null && nameOf(parentNode) === "style";
      this.#sheets.learn(isInStyle ? parentNode : added);
      this.#fields.baseline(added);
      this.#shadows.meetUnder(added, (root) => this.#fields.baseline(root));
      this.#disabled.learn(added);
      this.#sights.learn(added);
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
    this.#sights.watch(doc, () => this.#isFull);
    watchFonts(doc, () => this.#isFull && this.#tellFonts(doc));
    const view = doc.defaultView;
    if (view === null) return;
    this.#secret.watch(view);
    this.cover.watch(view);
    watchPointer(view);
    view.addEventListener(HINT, (event) => this.#hinted(event), true);
    view.addEventListener("reset", (event) => this.#later(event.target), true);
    view.addEventListener("focusin", (event) => this.#tellFocus(event.composedPath()[0]), true);
    view.addEventListener("focusout", () => this.#tellFocus(null), true);
    doc.addEventListener("selectionchange", () => this.#tellSelection(doc.activeElement), true);
  }

  #hinted(event: Event): void {
    event.stopImmediatePropagation();
    const target = hostOfClosed(event) ?? event.composedPath()[0];
    if (!isNode(target)) return;
    if (isElement(target)) this.#shadows.meet(target);
    this.cover.note(target);
    if (isField(target)) this.#mark(target);
    else if (nameOf(target) === "style" || nameOf(target) === "link") this.#mark(target as Element);
    else if (target.nodeType === Node.DOCUMENT_NODE) this.#mark(target as Document);
  }

  /** Listens to a shadow root as to a document. */
  #watchShadow(root: ShadowRoot): void {
    watchForReveals(root);
    watchPictures(root, (picture) => this.#isFull && this.#tellPictures(picture));
    this.#sights.watch(root, () => this.#isFull);
    // A focus that moves within the root is not told outside of it (DOM, section 2.5).
    root.addEventListener("focusin", (event) => this.#tellFocus(event.composedPath()[0]), true);
    root.addEventListener("focusout", () => this.#tellFocus(null), true);
    root.addEventListener("input", ({ target }) => {
      if (isField(target as Node)) this.#mark(target as Field);
    });
  }

  /** `document.open` has taken every listener away with what was there (HTML, section 8.4.1). */
  #meetNewContent(): void {
    this.#watched.delete(document);
    this.#watch(document);
    if (this.#stop === null) return;
    this.stop();
    this.start(this.#count, this.#owner);
  }

  #mark(target: Field | Element | Document): void {
    if (this.#isFull) this.#checks.mark(target);
  }

  #check(target: Field | Element | Document): void {
    if (target instanceof Document)
      for (const root of this.#roots()) this.#sheets.checkAdopted(root);
    else if (isField(target)) this.#fields.check([target]);
    else if (isElement(target)) {
      if (nameOf(target) === "style") this.#sheets.checkStyle(target);
      this.#disabled.check(target);
    }
  }

  #later(target: EventTarget | null): void {
    if (!isNode(target)) return;
    window.setTimeout(() => this.#isFull && this.#fields.check(fieldsIn(target)), 0);
  }

  #lookAround(): void {
    if (!this.#isFull) return;
    this.#secret.look();
    for (const root of this.#roots()) {
      this.#fields.check(fieldsIn(root));
      this.#sheets.checkAdopted(root);
      this.#disabled.check(root);
      for (const style of root.querySelectorAll("style")) this.#sheets.checkStyle(style);
    }
    this.#rounds += 1;
    if (this.#rounds % SAMPLED_EVERY === 0) this.#tellSample();
  }

  #tellSample(): void {
    const sample = this.#samples.line(this.#outbox.told);
    if (sample !== null) this.#outbox.put(sample);
  }

  #roots(): (Document | ShadowRoot)[] {
    const roots: (Document | ShadowRoot)[] = [document, ...this.#shadows.standing()];
    // Those found are looked through too: frames stand in frames.
    for (const root of roots) {
      for (const frame of root.querySelectorAll("iframe")) {
        const inner = frame.contentDocument;
        if (inner === null) continue;
        this.#watch(inner);
        roots.push(inner);
      }
    }
    return roots;
  }

  #tellFocus(target: EventTarget | null | undefined): void {
    if (!this.#isFull) return;
    // The frame's own recorder tells what has the focus in it.
    if (isElement(target) && isClosed(target)) return;
    const id = isElement(target) && target.nodeName !== "BODY" ? this.#idOf(target) : 0;
    if (id === this.#focusTold) return;
    this.#focusTold = id;
    const hasRing = id !== 0 && isElement(target) && target.matches(":focus-visible");
    this.#outbox.put({ t: "focus", id, ...(hasRing ? { ring: true } : {}) });
    if (id !== 0) this.#tellSelection(isElement(target) ? target : null);
  }

  #tellSelection(element: Element | null): void {
    if (this.#isFull && isField(element)) this.#fields.tellCaret(element);
  }
}

declare global {
  var cordeeRecorder: Recorder | undefined;
}

keepPickersShut(window);
// Other frames are recorded from their parents; without this those that rrweb makes would recur.
if (isOnItsOwn(window) && globalThis.cordeeRecorder === undefined) {
  globalThis.cordeeRecorder = new Recorder();
  tellDaemon({ hello: true });
}
