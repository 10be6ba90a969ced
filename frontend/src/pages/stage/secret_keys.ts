/** The keyboard on the stage on which the citizen types what nobody else may read. */

import { element } from "../../browser/elements.ts";
import { KEYS, type KeyPage, type SecretKeyboard, TURNS } from "../../core/secret_keys.ts";
import type { FromStage } from "../../core/wire/stage.ts";
import type { Region } from "./screen.ts";

export type OnType = (typed: Extract<FromStage, { type: "secret_typed" }>) => void;

/** A second touch of the same key within this time is a finger that trembles; a quick one takes longer. */
const BOUNCE_MS = 100;

export function secretRegions(keyboard: SecretKeyboard, onType: OnType): readonly Region[] {
  const { ask, unseen, typed, typedSaid, field } = keyboard;
  return [
    {
      name: "secret",
      says: [ask, unseen, typed],
      build: () =>
        element(
          "section",
          { class: "secret" },
          element("h2", {}, ask),
          element("p", {}, unseen),
          element(
            "p",
            { class: "dots", "aria-label": typedSaid, role: "img" },
            "•".repeat(typed) || "\u00a0",
          ),
        ),
    },
    {
      // Not made anew while it is typed on: a finger may be on it.
      name: "keys",
      says: [field, keyboard.start, keyboard.done],
      build: () => keys(keyboard, onType),
    },
  ];
}

function keys(keyboard: SecretKeyboard, onType: OnType): HTMLElement {
  const { field } = keyboard;
  const board = element("section", { class: "keys", "aria-label": keyboard.ask });
  const write = (text: string) => onType({ type: "secret_typed", field, text, key: "" });
  const press = (name: string) => onType({ type: "secret_typed", field, text: "", key: name });
  const sign = (text: string) => key(text, () => write(text));
  const way = (to: KeyPage) =>
    key(keyboard.pages[to], () => turn(to), "turn", keyboard.pagesSaid[to]);
  const erase = () => key(keyboard.erase, () => press("Backspace"), "erase");
  const done = () => key(keyboard.done, () => press("Done"), "done");
  const lastRows = (page: KeyPage) => {
    const ways = TURNS[page].map(way);
    if (page === "digits") {
      const left = keyboard.besideZero === "" ? ways : [sign(keyboard.besideZero)];
      return [rowOf([...left, sign("0"), erase()]), rowOf([done()])];
    }
    if (page === "signs") ways.push(key(keyboard.space, () => write(" "), "turn"));
    return [rowOf(ways), rowOf([erase(), done()])];
  };
  const turn = (page: KeyPage) => {
    board.dataset.page = page;
    board.replaceChildren(...KEYS[page].map((row) => rowOf(row.map(sign))), ...lastRows(page));
  };
  turn(keyboard.start);
  return board;
}

function rowOf(children: readonly HTMLElement[]): HTMLElement {
  return element("div", { class: "row" }, ...children);
}

/** A key acts when the finger lands, and by a keyboard's or a switch's click. */
function key(label: string, act: () => void, kind = "", said = ""): HTMLButtonElement {
  let landedAt = Number.NEGATIVE_INFINITY;
  const made = element(
    "button",
    {
      type: "button",
      class: `key ${kind}`.trim(),
      "data-key": label,
      onpointerdown: (event: Event) => {
        if (event.timeStamp - landedAt < BOUNCE_MS) return;
        landedAt = event.timeStamp;
        act();
      },
      onclick: (event: Event) => {
        if ((event as UIEvent).detail === 0) act();
      },
    },
    label,
  );
  if (said !== "") made.setAttribute("aria-label", `${label} (${said})`);
  return made;
}
