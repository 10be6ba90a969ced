/** The pointer shows only while a mouse moves: on a touch screen there is none to show. */

const SHOWN_MS = 3_000;

/** Marks `root` with `data-pointer` while a mouse moves over the page and shortly after. */
export function watchPointer(root: HTMLElement): void {
  let timer = 0;
  window.addEventListener("pointermove", ({ pointerType, movementX, movementY }) => {
    // A page that changes under a pointer at rest gets moves too, without any way gone.
    if (pointerType !== "mouse" || (movementX === 0 && movementY === 0)) return;
    root.dataset.pointer = "mouse";
    window.clearTimeout(timer);
    timer = window.setTimeout(() => delete root.dataset.pointer, SHOWN_MS);
  });
}
