/**
 * Shows the pictures and fonts of the replayed page as their bytes come. Addresses are those of
 * blobs of the replay's own document, whose policy holds in them too; nothing is fetched.
 *
 * A key of the style sheets is a custom property of the root: `var(--cordee-c3-7, none)`.
 */

import type { AssetEvent, FontEvent } from "../core/replay_pictures.ts";
import type { Asset, AssetShelf } from "./asset_shelf.ts";
import { isElement, isInput, type NodeMap } from "./replay_build.ts";
import { placeholder, resized } from "./replay_picture.ts";

const SVG = "image/svg+xml";

interface Picture {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly key: string;
}

export class ReplayAssets {
  readonly #doc: Document;
  readonly #map: NodeMap;
  readonly #shelf: AssetShelf;
  #assets = new Map<string, AssetEvent>();
  /** The pictures that show a key, the newest of each node. */
  #pictures = new Map<number, Picture>();
  #fonts = new Map<string, FontEvent>();
  #addresses = new Map<string, string>();
  #placeholders: string[] = [];
  #properties = new Map<string, string>();
  #sheets = new Map<Document, CSSStyleSheet>();
  #isStyling = false;

  constructor(doc: Document, map: NodeMap, shelf: AssetShelf) {
    this.#doc = doc;
    this.#map = map;
    this.#shelf = shelf;
  }

  /** Shows nothing any more. */
  clear(): void {
    const { URL } = this.#view();
    for (const address of [...this.#addresses.values(), ...this.#placeholders]) {
      URL.revokeObjectURL(address);
    }
    this.#placeholders = [];
    for (const each of [this.#assets, this.#pictures, this.#fonts, this.#addresses]) each.clear();
    this.#properties.clear();
    this.#sheets.clear();
    this.#doc.fonts?.clear();
  }

  /** The sheet that a document adopts: what the keys of its style sheets stand for. */
  sheetOf(doc: Document): CSSStyleSheet[] {
    const Sheet = doc.defaultView?.CSSStyleSheet;
    if (Sheet === undefined) return [];
    const sheet = new Sheet();
    this.#sheets.set(doc, sheet);
    this.#fill(sheet);
    return [sheet];
  }

  /** Keeps the place of a picture until its bytes are here. */
  picture(picture: Picture): void {
    this.#pictures.set(picture.id, picture);
    if (!this.#show(picture)) this.#hold(picture);
  }

  asset(event: AssetEvent): void {
    this.#assets.set(event.key, event);
    this.#settle(event);
  }

  font(event: FontEvent): void {
    if (this.#fonts.has(event.key)) return;
    this.#fonts.set(event.key, event);
    const asset = this.#assets.get(event.key);
    if (asset !== undefined) this.#settle(asset);
  }

  /** The bytes of a hash have come. */
  came(hash: string): void {
    for (const event of this.#assets.values()) if (event.hash === hash) this.#settle(event);
  }

  #settle(event: AssetEvent): void {
    const kept = this.#shelf.get(event.hash);
    if (kept === undefined) return;
    switch (event.key[0]) {
      case "p":
        for (const picture of this.#pictures.values()) {
          if (picture.key === event.key) this.#show(picture);
        }
        return;
      case "c": {
        const address = this.#address(event, kept, event.ownWidth, event.ownHeight);
        this.#properties.set(event.key, address);
        this.#style();
        return;
      }
      case "f":
        this.#load(event.key, kept);
    }
  }

  #show({ id, width, height, key }: Picture): boolean {
    const event = this.#assets.get(key);
    const kept = event && this.#shelf.get(event.hash);
    if (event === undefined || kept === undefined) return false;
    const node = this.#map.node(id);
    if (!isElement(node)) return false;
    const name = showsBy(node);
    // Only the place of an `img` follows from what it shows, and from the density that it chose.
    const isPlain = node.localName === "img";
    const [ownWidth, ownHeight] = isPlain ? [width, height] : [event.ownWidth, event.ownHeight];
    const address = this.#address(event, kept, ownWidth, ownHeight);
    if (name !== null && node.getAttribute(name) !== address) node.setAttribute(name, address);
    return name !== null;
  }

  /** A drawing that says what the picture shows. */
  #hold({ id, width, height }: Picture): void {
    const node = this.#map.node(id);
    if (!isElement(node) || node.localName !== "img" || width === 0 || height === 0) return;
    const drawing = placeholder(width, height, node.getAttribute("alt") ?? "");
    const address = this.#view().URL.createObjectURL(drawing);
    this.#placeholders.push(address);
    (node as HTMLElement as HTMLImageElement).src = address;
  }

  /** The address of the bytes as a picture of that size; 0: of the size that it has. */
  #address(event: AssetEvent, { type, bytes }: Asset, width: number, height: number): string {
    const isAsItIs =
      type === SVG || width === 0 || event.width === 0 || isSame(event, width, height);
    const name = isAsItIs ? event.hash : `${event.hash} ${width}x${height}`;
    let address = this.#addresses.get(name);
    if (address === undefined) {
      const blob = isAsItIs ? new Blob([bytes], { type }) : resized(width, height, type, bytes);
      address = this.#view().URL.createObjectURL(blob);
      this.#addresses.set(name, address);
    }
    return address;
  }

  /** Many come at once: each change of a property of the root is a new style for every node. */
  #style(): void {
    if (this.#isStyling) return;
    this.#isStyling = true;
    setTimeout(() => {
      this.#isStyling = false;
      for (const [doc, sheet] of this.#sheets) {
        if (doc.defaultView === null) this.#sheets.delete(doc);
        else this.#fill(sheet);
      }
    });
  }

  #fill(sheet: CSSStyleSheet): void {
    const properties = Array.from(
      this.#properties,
      ([key, address]) => `--cordee-${key}:url("${address}")`,
    );
    sheet.replaceSync(`:root{${properties.join(";")}}`);
  }

  #load(key: string, { bytes }: Asset): void {
    const font = this.#fonts.get(key);
    const node = font && this.#map.node(font.id);
    const doc = node?.nodeType === 9 ? (node as Document) : this.#doc;
    const Face = doc.defaultView?.FontFace;
    if (font === undefined || Face === undefined) return;
    const face = new Face(font.family, bytes.buffer, font.descriptors);
    // Bytes that are no font leave the words as they are.
    face.load().then(
      () => {
        if (this.#fonts.get(key) === font) doc.fonts.add(face);
      },
      () => undefined,
    );
  }

  #view(): { readonly URL: typeof URL } {
    return this.#doc.defaultView ?? globalThis;
  }
}

function isSame(event: AssetEvent, width: number, height: number): boolean {
  return event.width === width && event.height === height;
}

/** The attribute by which an element shows a picture; null: it shows none. */
function showsBy(element: Element): string | null {
  if (element.localName === "img") return "src";
  if (element.localName === "image") return "href";
  if (element.localName === "video") return "poster";
  return isInput(element) && element.type === "image" ? "src" : null;
}
