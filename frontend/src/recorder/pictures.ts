/**
 * The page's pictures: how large they are, so that the mirror keeps their place, and the key of
 * what they show, which comes another way (assets.ts).
 */

import { type Assets, shownIn } from "./assets.ts";
import type { Line } from "./lines.ts";

type Picture = HTMLImageElement | HTMLInputElement | SVGImageElement | HTMLVideoElement;

const PICTURES = "img,input[type=image],image,video[poster]";
const NAMES = new Set(["IMG", "INPUT", "image", "VIDEO"]);

/** Returns a line for each picture in `root`, `root` included; sizes in CSS px. */
export function pictureLines(root: Node, idOf: (node: Node) => number, assets: Assets): Line[] {
  const inside = "querySelectorAll" in root ? (root as Element).querySelectorAll(PICTURES) : [];
  const found = [...(isPicture(root) ? [root] : []), ...inside] as Picture[];
  return found.flatMap((picture) => {
    const id = idOf(picture);
    const [width, height] = sizeOf(picture);
    if (id <= 0 || width <= 0 || height <= 0) return [];
    const address = addressOf(picture);
    const key = address && assets.key("p", [address], picture.baseURI, shownIn(picture));
    return [{ t: "picture", id, width, height, ...(key ? { key } : {}) }];
  });
}

/** Calls `tell` with each picture of `root` that has come, or has failed to. */
export function watchPictures(root: Node, tell: (picture: Node) => void): void {
  // Neither event bubbles, and `load` never reaches the window (HTML, section 8.1.8.2.1).
  for (const kind of ["load", "error"]) {
    root.addEventListener(kind, ({ target }) => isPicture(target) && tell(target), true);
  }
}

/** A picture's own size; of one that did not come, that of the words in its place. */
function sizeOf(picture: Picture): [number, number] {
  if (!isImage(picture)) {
    const { width, height } = picture.getBoundingClientRect();
    return [width, height];
  }
  const { naturalWidth, naturalHeight, complete, offsetWidth, offsetHeight } = picture;
  if (naturalWidth > 0 || !complete) return [naturalWidth, naturalHeight];
  return [offsetWidth, offsetHeight];
}

/** What the picture shows now; empty where it shows nothing. */
function addressOf(picture: Picture): string {
  if (isImage(picture)) return picture.naturalWidth > 0 ? picture.currentSrc : "";
  if ("poster" in picture) return picture.poster;
  return "src" in picture ? picture.src : picture.href.baseVal;
}

function isImage(picture: Picture): picture is HTMLImageElement {
  return picture.nodeName === "IMG";
}

function isPicture(target: EventTarget | null): target is Picture {
  if (target === null || !("nodeName" in target)) return false;
  return NAMES.has(target.nodeName as string) && (target as Element).matches(PICTURES);
}
