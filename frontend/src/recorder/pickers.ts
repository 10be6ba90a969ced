/**
 * Lists and calendars that Chromium opens in windows of their own stay shut: such a window lies
 * above the stage and takes the next touch wherever it falls, so that Stop would have to be
 * touched twice. The agent chooses in them through the mirror.
 */

import { nameOf } from "./names.ts";

const PICKED = new Set(["date", "datetime-local", "month", "week", "time", "color"]);
const OPENS_BY_CHARACTER = new Set([" ", "Enter"]);
const OPENS_WITH_ALT = new Set(["ArrowDown", "ArrowUp"]);

export function keepPickersShut(view: Window): void {
  const shut = (kind: keyof WindowEventMap, isOpening: (event: Event, on: Element) => boolean) =>
    view.addEventListener(
      kind,
      (event) => {
        const on = event.composedPath()[0];
        if (isElement(on) && isOpening(event, on)) event.preventDefault();
      },
      true,
    );
  shut("mousedown", (_, on) => {
    const list = on.closest("select");
    if (list === null || !isDropDown(list)) return false;
    list.focus({ preventScroll: true });
    return true;
  });
  shut("click", (_, on) => isPicked(on));
  shut("keypress", (event, on) => {
    const { key } = event as KeyboardEvent;
    return (isDropDown(on) || isPicked(on)) && OPENS_BY_CHARACTER.has(key);
  });
  shut("keydown", (event, on) => {
    const { key, altKey } = event as KeyboardEvent;
    if (!isDropDown(on) && !isPicked(on)) return false;
    return key === "F4" || (altKey && OPENS_WITH_ALT.has(key));
  });
}

function isElement(target: EventTarget | undefined): target is Element {
  return target !== undefined && "closest" in target;
}

function isDropDown(element: Element): boolean {
  if (nameOf(element) !== "select") return false;
  return !element.hasAttribute("multiple") && !(Number(element.getAttribute("size")) > 1);
}

function isPicked(element: Element): boolean {
  return nameOf(element) === "input" && PICKED.has((element as HTMLInputElement).type);
}
