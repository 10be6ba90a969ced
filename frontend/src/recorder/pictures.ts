/** How large the page's pictures are: the mirror keeps their place until their bytes come. */

import type { Line } from "./lines.ts";

/** Returns a line for each picture in `root`, `root` included; sizes in CSS px. */
export function pictureLines(root: Node, idOf: (node: Node) => number): Line[] {
  const inside = "querySelectorAll" in root ? (root as Element).querySelectorAll("img") : [];
  const found = isPicture(root) ? [root, ...inside] : [...inside];
  return found.flatMap((picture) => {
    const id = idOf(picture);
    const [width, height] = sizeOf(picture);
    return id > 0 && width > 0 && height > 0 ? [{ t: "picture", id, width, height }] : [];
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
function sizeOf(picture: HTMLImageElement): [number, number] {
  const { naturalWidth, naturalHeight, complete, offsetWidth, offsetHeight } = picture;
  if (naturalWidth > 0 || !complete) return [naturalWidth, naturalHeight];
  return [offsetWidth, offsetHeight];
}

function isPicture(target: EventTarget | null): target is HTMLImageElement {
  return target !== null && "nodeName" in target && target.nodeName === "IMG";
}
