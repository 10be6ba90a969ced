/** Where the pointer was felt last: input to a frame in a process of its own may go astray. */

import { type Answer, inPage } from "./places.ts";

let felt: Answer = { code: "gone" };

/** Feels the pointer in one window; what a page's script makes up does not count. */
export function watchPointer(view: Window): void {
  view.addEventListener(
    "mousemove",
    ({ isTrusted, clientX, clientY }) => {
      if (isTrusted) felt = { code: "done", ...inPage(view, clientX, clientY) };
    },
    true,
  );
}

/** Returns that place in CSS pixels of the recorded page. */
export function pointer(): Answer {
  return felt;
}
