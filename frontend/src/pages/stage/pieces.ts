/** Small parts that several scenes share. */

import { drawing, element } from "../../browser/elements.ts";
import type { Choice, Help } from "../../core/scene.ts";
import type { OnTouch } from "./screen.ts";

/** A second press within this time is the same hand's tremor, not a second wish. */
const TREMOR_MS = 600;

export function touchButton(
  kind: string,
  choice: Choice,
  onTouch: OnTouch,
  request = 0,
): HTMLButtonElement {
  const tell = () => onTouch(choice.touch, request);
  return element(
    "button",
    { class: `button ${kind}`, type: "button", "data-touch": choice.touch, onclick: tell },
    choice.label,
  );
}

let stoppedAt = Number.NEGATIVE_INFINITY;

/** Stop acts when the finger lands, not when it leaves. */
export function stopButton(choice: Choice, onTouch: OnTouch): HTMLButtonElement {
  const tell = (event: Event) => {
    if (event.timeStamp - stoppedAt < TREMOR_MS) return;
    stoppedAt = event.timeStamp;
    onTouch(choice.touch, 0);
  };
  return element(
    "button",
    {
      class: "button stop",
      type: "button",
      "data-touch": choice.touch,
      onpointerdown: tell,
      onclick: tell,
    },
    choice.label,
  );
}

export function helpLine(help: Help): HTMLElement {
  return element("p", { class: "help-line" }, `${help.label} `, phone(help.phone));
}

export function phone(number: string): HTMLElement {
  return element("strong", { class: "phone" }, element("bdi", { dir: "ltr" }, number));
}

export function hidden(words: string): HTMLElement {
  return element("span", { class: "hidden" }, words);
}

/** The rope between two people, its knots on the edges of their pictures. */
export function tie(kind: string): SVGSVGElement {
  return drawing(`tie ${kind}`, "0 0 124 60", [
    ["path", { d: "M18 34C44 62 92 54 106 18" }],
    ["circle", { cx: "16", cy: "32", r: "15" }],
    ["circle", { cx: "108", cy: "16", r: "15" }],
  ]);
}
