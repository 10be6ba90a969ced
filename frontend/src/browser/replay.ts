/**
 * The kiosk's page, replayed into a script-less document: each event of the mirror changes it as
 * the kiosk's page has changed. Nothing is fetched; pictures come through the mirror as bytes.
 */

import type { Stroke } from "../core/echo.ts";
import { cleanCss } from "../core/replay_clean.ts";
import type { Caret, Changed, ReplayEvent } from "../core/replay_events.ts";
import { AssetShelf } from "./asset_shelf.ts";
import { ReplayAssets } from "./replay_assets.ts";
import {
  buildDocument,
  buildNode,
  isElement,
  isFrame,
  isInput,
  isSelect,
  isText,
  isTextArea,
  NodeMap,
  place,
  setAttribute,
  setMode,
  writeValue,
} from "./replay_build.ts";
import { ReplayEcho } from "./replay_echo.ts";
import { type Picture, ReplayIslands } from "./replay_islands.ts";
import { ReplaySheets, setProperty } from "./replay_sheets.ts";

export interface ReplayHooks {
  onPage(page: { url: string; title: string; width: number; height: number }): void;
  onViewport(width: number, height: number): void;
  onFocus(id: number): void;
  /** The replay no longer follows: a full picture is needed. */
  onLost(): void;
  /** Whether the agent's own scrolling of this box is still on its way. */
  isScrolling(id: number): boolean;
}

export interface ReplayWords {
  readonly blindFilled: string;
  readonly blindEmpty: string;
  readonly islandCovered: string;
}

export class Replay {
  readonly map = new NodeMap();
  readonly #doc: Document;
  readonly #hooks: ReplayHooks;
  readonly #words: ReplayWords;
  readonly #assets: ReplayAssets;
  readonly #sheets = new ReplaySheets(this.map, (doc) => this.#assets.sheetOf(doc));
  readonly #echo = new ReplayEcho(this.map);
  readonly #islands: ReplayIslands;
  readonly #late = new Map<number, { top: number; left: number }>();
  #focusId = 0;
  #hasPage = false;

  constructor(doc: Document, hooks: ReplayHooks, words: ReplayWords, shelf = new AssetShelf()) {
    this.#doc = doc;
    this.#assets = new ReplayAssets(doc, this.map, shelf);
    shelf.onCame = (hash) => this.#assets.came(hash);
    this.#hooks = hooks;
    this.#words = words;
    this.#islands = new ReplayIslands(this.map, words.islandCovered);
  }

  get doc(): Document {
    return this.#doc;
  }

  /** The focused node of the kiosk's page; 0 when none. */
  get focusId(): number {
    return this.#focusId;
  }

  /** Shows the strokes that are on their way to each node (predicted echo). */
  expect(strokes: ReadonlyMap<number, readonly Stroke[]>): void {
    this.#echo.expect(strokes);
  }

  /** Takes a picture that came by the bulk way. False: it is for none of the islands. */
  take(picture: Picture): boolean {
    return this.#islands.take(picture);
  }

  apply(event: ReplayEvent): void {
    switch (event.kind) {
      case "page":
        this.clear();
        this.#hooks.onFocus(0);
        this.#hooks.onPage(event);
        break;
      case "full":
        if (event.owner !== 0) {
          this.#fill(event);
          break;
        }
        this.clear();
        buildDocument(this.#doc, event.node, this.map);
        this.#hasPage = true;
        this.#sheets.mark(this.#doc);
        this.#scrollBoxes(event);
        this.#scrollTo(this.#doc, event.top, event.left);
        break;
      case "mutation":
        if (this.#hasPage) this.#mutate(event);
        this.#islands.settle();
        break;
      case "input":
        if (this.#echo.confirm(event.id, event)) break;
        this.#input(event.id, event.text, event.isChecked);
        if (event.caret !== null) this.#select(event.id, event.caret);
        break;
      case "blind":
        this.#blind(event.id, event.isFilled);
        break;
      case "scroll":
        if (this.#isScrolling(event.id)) this.#late.set(event.id, event);
        else this.#scroll(event.id, event.top, event.left);
        break;
      case "viewport":
        this.#hooks.onViewport(event.width, event.height);
        break;
      case "focus":
        this.#focus(event.id);
        break;
      case "select":
        if (this.#echo.confirm(event.id, { text: null, caret: event })) break;
        this.#select(event.id, event);
        break;
      case "rules":
        this.#sheets.rules(event);
        break;
      case "adopted":
        this.#sheets.adopt(event);
        break;
      case "island":
        this.#islands.apply(event);
        break;
      case "picture":
        this.#assets.picture(event);
        break;
      case "asset":
        this.#assets.asset(event);
        break;
      case "font":
        this.#assets.font(event);
        break;
    }
  }

  /** Shows nothing any more. */
  clear(): void {
    this.#assets.clear();
    this.#echo.clear();
    this.map.clear();
    this.#islands.clear();
    this.#sheets.clear(this.#doc);
    this.#late.clear();
    this.#hasPage = false;
    this.#focusId = 0;
    const root = this.#doc.documentElement;
    if (root === null) return;
    for (const name of root.getAttributeNames()) root.removeAttribute(name);
    root.replaceChildren();
  }

  /** Applies the scroll positions that waited for the agent's own to be answered. */
  settleScroll(): void {
    for (const [id, { top, left }] of this.#late) {
      if (this.#isScrolling(id)) continue;
      this.#late.delete(id);
      this.#scroll(id, top, left);
    }
  }

  /** The agent scrolls the document as node 0, whatever its number. */
  #isScrolling(id: number): boolean {
    return this.#hooks.isScrolling(this.map.node(id) === this.#doc ? 0 : id);
  }

  /** Shows the document of a frame that the page itself cannot look into. */
  #fill(event: Extract<ReplayEvent, { kind: "full" }>): void {
    const frame = this.map.node(event.owner);
    const inner = isFrame(frame) ? frame.contentDocument : null;
    if (inner === null) return;
    for (const child of inner.childNodes) this.map.forget(child);
    this.#sheets.empty(inner);
    setMode(inner, event.node);
    buildDocument(inner, event.node, this.map);
    this.#sheets.mark(inner);
    this.#scrollBoxes(event);
    this.#scrollTo(inner, event.top, event.left);
  }

  #mutate(event: Extract<ReplayEvent, { kind: "mutation" }>): void {
    for (const id of event.removes) {
      const node = this.map.node(id);
      if (node === undefined) continue;
      node.parentNode?.removeChild(node);
      this.map.forget(node);
    }
    this.#add(event.adds);
    for (const { id, text } of event.texts) {
      const node = this.map.node(id);
      if (!isText(node)) continue;
      const isCss = isElement(node.parentNode) && node.parentNode.localName === "style";
      node.data = isCss ? cleanCss(text) : text;
    }
    for (const change of event.attributes) this.#change(change);
  }

  /** Adds come in no sure order: those that wait for a neighbour are tried again. */
  #add(adds: Extract<ReplayEvent, { kind: "mutation" }>["adds"]): void {
    let waiting = [...adds];
    let isStuck = false;
    while (waiting.length > 0) {
      const left = waiting.filter((each) => !this.#addOne(each, isStuck));
      if (left.length === waiting.length) {
        if (isStuck) {
          this.#hooks.onLost();
          return;
        }
        isStuck = true;
      } else isStuck = false;
      waiting = left;
    }
  }

  #addOne(
    {
      parent: parentId,
      next: nextId,
      node,
    }: { parent: number; next: number | null; node: ReplayNode },
    isStuck: boolean,
  ): boolean {
    const parent = this.map.node(parentId);
    if (parent === undefined) return false;
    if (node.kind === "document") {
      const inner = isFrame(parent) ? parent.contentDocument : null;
      if (inner !== null) {
        setMode(inner, node);
        buildDocument(inner, node, this.map);
        this.#sheets.mark(inner);
      }
      return true;
    }
    const before = nextId === null ? null : (this.map.node(nextId) ?? null);
    if (nextId !== null && before === null && !isStuck) return false;
    const known = this.map.node(node.id);
    if (known !== undefined) {
      known.parentNode?.removeChild(known);
      this.map.forget(known);
    }
    const doc = parent.nodeType === 9 ? (parent as Document) : parent.ownerDocument;
    const built = doc && buildNode(doc, node, this.map);
    if (!built) return true;
    if (parent.nodeType === 9) {
      if (isElement(built)) (parent as Document).documentElement?.remove();
      else return true;
    }
    place(parent, built, node, before);
    return true;
  }

  #change({ id, attributes }: Changed): void {
    const element = this.map.node(id);
    if (!isElement(element)) return;
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "_cssText" && typeof value === "string") this.#restyle(id, element, value);
      else if (value === null) {
        element.removeAttribute(name);
        if (isInput(element) && name === "checked") element.checked = false;
      } else if (typeof value === "string") {
        setAttribute(element, name, value);
        // A field that is typed into keeps its value whatever the attribute says.
        if (
          isInput(element) &&
          name === "value" &&
          !this.#isBlind(element) &&
          !this.#echo.has(id)
        ) {
          writeValue(element, value);
        }
        if (isInput(element) && name === "checked") element.checked = true;
      } else if (element.style !== undefined) {
        for (const [property, change] of Object.entries(value)) {
          setProperty(element.style, property, change);
        }
      }
    }
    this.#islands.keep(id);
  }

  /** A sheet that was read late: the silent link becomes a style element. */
  #restyle(id: number, element: HTMLElement, css: string): void {
    if (element.localName === "style") {
      element.textContent = css;
      return;
    }
    const style = element.ownerDocument.createElement("style");
    style.textContent = css;
    element.replaceWith(style);
    this.map.set(id, style);
  }

  #input(id: number, text: string, isChecked: boolean): void {
    const node = this.map.node(id);
    if (isInput(node)) {
      if (this.#isBlind(node)) return;
      if (node.type === "checkbox" || node.type === "radio") node.checked = isChecked;
      else writeValue(node, text);
    } else if (isTextArea(node) || isSelect(node)) node.value = text;
    else if (isElement(node) && node.localName === "option") {
      (node as HTMLElement & { selected: boolean }).selected = isChecked;
    }
  }

  #isBlind(element: Element): boolean {
    return element.hasAttribute("data-cordee-blind");
  }

  #blind(id: number, isFilled: boolean): void {
    const node = this.map.node(id);
    if (!isElement(node)) return;
    this.#echo.drop(id);
    node.setAttribute("data-cordee-blind", isFilled ? "filled" : "empty");
    const words = isFilled ? this.#words.blindFilled : this.#words.blindEmpty;
    node.title = words;
    if (isInput(node) || isTextArea(node)) {
      if (isInput(node)) node.type = "text";
      node.value = "";
      node.placeholder = isFilled ? `✓ ${words}` : words;
    } else node.textContent = words;
  }

  #focus(id: number): void {
    const before = this.map.node(this.#focusId);
    if (isElement(before)) before.removeAttribute("data-cordee-focus");
    this.#focusId = id;
    const node = this.map.node(id);
    const isPage = isElement(node) && (node.localName === "body" || node.localName === "html");
    if (isElement(node) && !isPage) node.setAttribute("data-cordee-focus", "");
    this.#hooks.onFocus(id);
  }

  #select(id: number, { start, end }: Caret): void {
    const node = this.map.node(id);
    if (!isInput(node) && !isTextArea(node)) return;
    try {
      node.setSelectionRange(start, end);
    } catch {
      // Fields of numbers and dates have no text selection (HTML, section 4.10.20).
    }
  }

  #scroll(id: number, top: number, left: number): void {
    const node = id === 0 ? this.#doc : this.map.node(id);
    if (node === undefined) return;
    if (node.nodeType === 9) this.#scrollTo(node as Document, top, left);
    else if (isElement(node)) {
      node.scrollTop = top;
      node.scrollLeft = left;
    }
  }

  #scrollTo(doc: Document, top: number, left: number): void {
    doc.defaultView?.scrollTo({ top, left, behavior: "instant" });
  }

  #scrollBoxes({ node }: Extract<ReplayEvent, { kind: "full" }>): void {
    const visit = (each: ReplayNode): void => {
      if (each.kind === "element" && each.scroll !== null) {
        this.#scroll(each.id, each.scroll.top, each.scroll.left);
      }
      if (each.kind === "element" || each.kind === "document") each.children.forEach(visit);
    };
    visit(node);
  }
}

type ReplayNode = Extract<ReplayEvent, { kind: "full" }>["node"];
