/**
 * Pictures and fonts of the page: lines carry keys in the place of addresses, and the daemon is
 * told which address is behind a key, so that it can bring the bytes another way. An address never
 * leaves the kiosk, nor does a picture that is written into one (`data:`).
 */

import { replaceAddresses } from "../core/css_addresses.ts";
import { withoutSecrets } from "./blind.ts";
import type { Line } from "./lines.ts";

type Json = Record<string, unknown>;

/** What the daemon is asked for. Sizes in device px, 0 where they are not known. */
interface Wish {
  readonly key: string;
  /** The first of these that the page has loaded. */
  readonly urls: readonly string[];
  readonly width: number;
  readonly height: number;
  /** 0: in view; 1: in use by the style; 2: out of view. */
  readonly rank: number;
}

/** The letter that a key begins with: whom it is for. */
export type Use = "p" | "c" | "f";

const KEYS_MOST = 2_000;
const ADDRESS_MOST = 8_192;
const DATA_MOST = 2_000_000;
const SHORT = 200;
const WRITTEN = /^\s*data:/i;
/** What a page's script can have made of a canvas: pixels that nobody can look through. */
const DRAWN = /^(?:blob:|\s*data:(?!image\/svg))/i;
const SHOWN_BY: Readonly<Record<string, readonly string[]>> = {
  img: ["src", "srcset", "sizes"],
  source: ["src", "srcset", "sizes"],
  input: ["src"],
  image: ["href", "xlink:href"],
  video: ["src", "poster"],
  audio: ["src"],
};

export class Assets {
  #document = 0;
  #keys = new Map<string, string>();
  #wished = new Set<string>();
  #waiting: Wish[] = [];
  #far = new Map<Element, Wish>();
  readonly #watch = new IntersectionObserver((seen) => this.#cameNear(seen));
  readonly #nodeOf: (id: number) => Node | null;
  readonly #isCovered: () => boolean;

  /**
   * `nodeOf` finds the node of an id as lines say it; `isCovered` says whether a secret stands in
   * the page: what its scripts have drawn is not shown then, as its canvas is not.
   */
  constructor(nodeOf: (id: number) => Node | null, isCovered: () => boolean) {
    this.#nodeOf = nodeOf;
    this.#isCovered = isCovered;
  }

  /** A document begins to be told: its keys are its own. */
  begin(document: number): void {
    if (document !== this.#document) this.#keys.clear();
    this.#document = document;
  }

  /** The whole page is told anew, to someone who may know nothing of it. */
  restart(): void {
    this.#wished.clear();
    this.#far.clear();
    this.#watch.disconnect();
  }

  /** Returns a line in which keys stand for addresses. */
  rewrite(line: Line): Line {
    switch (line.t) {
      case "full":
        return { ...line, node: this.#node(line.node, document.baseURI) };
      case "mutation":
        return { ...line, d: this.#mutation(record(line.d)) };
      case "sheet":
        return this.#sheet(line);
      default:
        return line;
    }
  }

  /** Returns the key of an address, null of one that shows nothing; asks for what is behind it. */
  key(use: Use, addresses: readonly string[], base: string, shown?: Shown): string | null {
    const known = addresses.flatMap((each) => absolute(each, base) ?? []);
    const isDrawn = known.some((each) => DRAWN.test(each));
    const urls = isDrawn && this.#isCovered() ? known.filter((each) => !DRAWN.test(each)) : known;
    const name = `${use}${urls.join(" ")}`;
    if (urls.length === 0) return null;
    let key = this.#keys.get(name);
    if (key === undefined) {
      if (this.#keys.size >= KEYS_MOST) return null;
      key = `${use}${this.#document}-${this.#keys.size + 1}`;
      this.#keys.set(name, key);
    }
    const { width = 0, height = 0, rank = 1, element = null } = shown ?? {};
    const wish = { key, urls, width, height, rank };
    this.#ask(wish);
    if (element !== null && rank === 2) {
      this.#far.set(element, wish);
      this.#watch.observe(element);
    }
    return key;
  }

  #cameNear(seen: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of seen) {
      if (!isIntersecting && target.isConnected) continue;
      const wish = this.#far.get(target);
      this.#far.delete(target);
      this.#watch.unobserve(target);
      if (wish !== undefined && isIntersecting) this.#ask({ ...wish, rank: 0 });
    }
  }

  /** Once for each size and place in the order. */
  #ask(wish: Wish): void {
    const word = `${wish.key} ${wish.width}x${wish.height} ${wish.rank}`;
    if (this.#wished.has(word)) return;
    this.#wished.add(word);
    this.#waiting.push(wish);
    if (this.#waiting.length > 1) return;
    // The lines that these keys stand in leave first.
    queueMicrotask(() =>
      queueMicrotask(() => {
        globalThis.cordeeMirror?.(`${JSON.stringify(this.#waiting)}\n`);
        this.#waiting = [];
      }),
    );
  }

  #css(css: string, base: string): string {
    return replaceAddresses(css, devicePixelRatio, (address) => {
      if (address.startsWith("#")) return null;
      const key = this.key("c", [address], base);
      return key === null ? "none" : `var(--cordee-${key}, none)`;
    });
  }

  #node(value: unknown, base: string): Json {
    const node = record(value);
    const copy: Json = { ...node };
    if (node.isStyle === true && typeof node.textContent === "string") {
      copy.textContent = this.#css(node.textContent, base);
    }
    if (node.attributes !== undefined) {
      copy.attributes = this.#attributes(String(node.tagName), record(node.attributes), base);
    }
    if (Array.isArray(node.childNodes)) {
      copy.childNodes = node.childNodes.map((child) => this.#node(child, base));
    }
    return copy;
  }

  #attributes(tag: string, given: Json, base: string): Json {
    const kept: Json = {};
    for (const [name, value] of Object.entries(given)) {
      const isShown = SHOWN_BY[tag.toLowerCase()]?.includes(name) ?? false;
      if (isShown && value !== null) continue;
      if (typeof value === "string") kept[name] = this.#attribute(name, value, base);
      else if (name === "style") kept[name] = this.#changes(record(value), base);
      else kept[name] = value;
    }
    return kept;
  }

  #attribute(name: string, value: string, base: string): string {
    if (name === "style" || name === "_cssText") return this.#css(value, base);
    return value.length > SHORT && WRITTEN.test(value) ? "data:" : value;
  }

  /** rrweb tells a change of a style by its properties: a value, or one and its importance. */
  #changes(given: Json, base: string): Json {
    const changes: Json = {};
    for (const [name, value] of Object.entries(given)) {
      if (typeof value === "string") changes[name] = this.#css(value, base);
      else if (Array.isArray(value)) {
        changes[name] = value.map((each, at) =>
          at === 0 && typeof each === "string" ? this.#css(each, base) : each,
        );
      } else changes[name] = value;
    }
    return changes;
  }

  #mutation(data: Json): Json {
    return {
      ...data,
      adds: records(data.adds).map((each) => {
        const base = this.#baseOf(each.parentId);
        return { ...each, node: this.#node(each.node, base) };
      }),
      attributes: records(data.attributes).map((each) => {
        const tag = this.#nodeOf(Number(each.id))?.nodeName ?? "";
        const base = this.#baseOf(each.id);
        return { ...each, attributes: this.#attributes(tag, record(each.attributes), base) };
      }),
      texts: records(data.texts).map((each) => {
        const isCss = this.#nodeOf(Number(each.id))?.parentNode?.nodeName === "STYLE";
        if (!isCss || typeof each.value !== "string") return each;
        return { ...each, value: this.#css(each.value, this.#baseOf(each.id)) };
      }),
    };
  }

  #sheet(line: Line): Line {
    const base = this.#baseOf(line.id);
    const rules = (value: unknown) =>
      records(value).map((each) => ({ ...each, rule: this.#css(String(each.rule), base) }));
    if (line.styles === undefined) return { ...line, adds: rules(line.adds) };
    const styles = records(line.styles).map((each) => ({ ...each, rules: rules(each.rules) }));
    return { ...line, styles };
  }

  #baseOf(id: unknown): string {
    return this.#nodeOf(Number(id))?.baseURI ?? document.baseURI;
  }
}

/** How an element shows what is behind a key. */
export interface Shown {
  readonly width: number;
  readonly height: number;
  readonly rank: number;
  readonly element: Element;
}

/** Returns how large an element shows its picture now, in device px, and how soon it is wanted. */
export function shownIn(element: Element): Shown {
  const { width, height, top, left, bottom, right } = element.getBoundingClientRect();
  const view = element.ownerDocument.defaultView ?? window;
  const isNear = bottom > 0 && right > 0 && top < view.innerHeight && left < view.innerWidth;
  const px = (side: number) => Math.ceil(side * devicePixelRatio);
  return { width: px(width), height: px(height), rank: isNear ? 0 : 2, element };
}

/** Returns an address without its fragment as a request names it; null for what is no such thing. */
function absolute(address: string, base: string): string | null {
  if (WRITTEN.test(address)) {
    // A drawing is text: what a script has copied into it of a secret field would be read there.
    const mayLeave = address.length <= DATA_MOST && withoutSecrets(address) === address;
    return mayLeave ? address.trim() : null;
  }
  let url: URL;
  try {
    url = new URL(address, base);
  } catch {
    return null;
  }
  if (!["http:", "https:", "blob:"].includes(url.protocol)) return null;
  url.hash = "";
  return address.trim() !== "" && url.href.length <= ADDRESS_MOST ? url.href : null;
}

function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
