/**
 * The islands of the replay: pictures of what has no nodes (canvas, video, an embedded PDF), each
 * the background of the element in its place. Pictures come by themselves and are found by hash.
 */
import type { IslandEvent } from "../core/replay_pictures.ts";
import { isElement, type NodeMap } from "./replay_build.ts";
import { placeholder } from "./replay_picture.ts";

/** At least what the kiosk takes to be here still (`SENT_KEPT_MOST` in islands.py). */
const PICTURES_MOST = 64;
const TYPES = new Set(["image/webp", "image/png", "image/jpeg"]);
const PLACE = /^island\/\d+$/;
/** Their box is that of what they show, which is not here; a document without script has no canvas. */
const SIZED = new Set(["canvas", "video", "cordee-box"]);

export interface Picture {
  readonly hash: string;
  readonly type: string;
  readonly to: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Setting = (name: string, value: string) => void;

export class ReplayIslands {
  readonly #map: NodeMap;
  readonly #coveredWords: string;
  readonly #pictures = new Map<string, string>();
  readonly #wanted = new Map<number, IslandEvent>();
  readonly #covered = new Set<number>();
  readonly #drawn = new Map<number, Element>();
  readonly #covers: string[] = [];

  constructor(map: NodeMap, coveredWords: string) {
    this.#map = map;
    this.#coveredWords = coveredWords;
  }

  /** Takes a picture that has come whole. False: it is not for an island. */
  take({ hash, type, to, bytes }: Picture): boolean {
    if (!PLACE.test(to)) return false;
    if (!TYPES.has(type) || this.#pictures.has(hash)) return true;
    this.#pictures.set(hash, URL.createObjectURL(new Blob([bytes], { type })));
    for (const event of this.#wanted.values()) if (event.hash === hash) this.#draw(event);
    for (const [oldest, address] of this.#pictures) {
      if (this.#pictures.size <= PICTURES_MOST) break;
      URL.revokeObjectURL(address);
      this.#pictures.delete(oldest);
    }
    return true;
  }

  apply(event: IslandEvent): void {
    this.#wanted.set(event.id, event);
    this.#draw(event);
  }

  /** The page has changed what an element looks like: an island stays what it is. */
  keep(id: number): void {
    const event = this.#wanted.get(id);
    if (event !== undefined) this.#draw(event);
  }

  /** Nodes were put in the place of others: islands among them are drawn anew. */
  settle(): void {
    for (const event of this.#wanted.values()) {
      if (this.#drawn.get(event.id) !== this.#map.node(event.id)) this.#draw(event);
    }
  }

  /** Forgets which islands there are; pictures that have come stay. */
  clear(): void {
    this.#wanted.clear();
    this.#covered.clear();
    this.#drawn.clear();
    for (const address of this.#covers.splice(0)) URL.revokeObjectURL(address);
  }

  #draw(event: IslandEvent): void {
    const { id, hash, isCovered } = event;
    const element = this.#map.node(id);
    if (!isElement(element)) return;
    this.#drawn.set(id, element);
    const set = (name: string, value: string): void =>
      element.style.setProperty(name, value, "important");
    this.#size(element, event, set);
    const address = this.#pictures.get(hash);
    if (isCovered) this.#cover(event, set);
    else if (address !== undefined) {
      this.#covered.delete(id);
      this.#lay(event, address, set);
    } else if (hash === "" || this.#covered.delete(id)) {
      // Until a new picture is here the one before stays, but not one that was covered.
      element.style.removeProperty("background-image");
    }
  }

  #size(element: HTMLElement, { width, height }: IslandEvent, set: Setting): void {
    if (!SIZED.has(element.localName) || width === 0 || height === 0) return;
    set("box-sizing", "content-box");
    set("width", `${width}px`);
    set("height", `${height}px`);
    // What stands inside is shown only where the thing itself is not.
    set("content-visibility", "hidden");
    if (element.localName === "cordee-box") set("border-width", "0");
    const style = element.ownerDocument.defaultView?.getComputedStyle(element);
    if (style?.display === "inline") set("display", "inline-block");
  }

  #lay(event: IslandEvent, address: string, set: Setting): void {
    const { left, top, w, h, width, height } = event;
    set("background-image", `url("${address}")`);
    set("background-repeat", "no-repeat");
    set("background-origin", "content-box");
    set("background-clip", "content-box");
    set("background-attachment", "scroll");
    set("background-size", `${share(w, width)}% ${share(h, height)}%`);
    set("background-position", `${share(left, width - w)}% ${share(top, height - h)}%`);
  }

  #cover(event: IslandEvent, set: Setting): void {
    const { width, height } = event;
    const cover = placeholder(width, height, this.#coveredWords);
    const address = URL.createObjectURL(cover);
    this.#covers.push(address);
    this.#lay({ ...event, left: 0, top: 0, w: width, h: height }, address, set);
    this.#covered.add(event.id);
  }
}

function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.round((part / whole) * 1e5) / 1e3;
}
