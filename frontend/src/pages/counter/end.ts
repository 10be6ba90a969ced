/** The end of a visit: asked where the button is, then what became of it. */
import { element } from "../../browser/elements.ts";
import type { Words } from "../../core/words.ts";
import { write, type Zone, type ZoneParts } from "./zones.ts";

const OUTCOMES = ["done", "to_continue", "not_done", "nobody_came"] as const;

export interface Confirm extends Zone {
  ask(isAsked: boolean): void;
}

/** The question; `onClosed` puts the focus back. */
export function makeConfirm({ words, dispatch }: ZoneParts, onClosed: () => void): Confirm {
  const outcome = outcomeSelect(words, "outcome");
  const root = element(
    "div",
    {
      class: "confirm",
      id: "end-confirm",
      hidden: true,
      role: "group",
      "aria-label": words.finish,
    },
    element("p", {}, words.endQuestion),
    outcome,
    element(
      "button",
      {
        type: "button",
        class: "button stop",
        "data-do": "end",
        onclick: () => {
          ask(false);
          dispatch({ kind: "end", outcome: outcome.value });
        },
      },
      words.endYes,
    ),
    element(
      "button",
      { type: "button", class: "button second", "data-do": "stay", onclick: () => ask(false) },
      words.endNo,
    ),
  );
  const ask = (isAsked: boolean): void => {
    root.hidden = !isAsked;
    if (isAsked) outcome.focus();
    else onClosed();
  };

  return {
    root,
    ask,
    render(view) {
      if (view.isOver) root.hidden = true;
    },
  };
}

/** What stands in the middle once the call is over. */
export function makeOver({ words, dispatch, homeUrl }: ZoneParts): Zone {
  const root = element("div", { class: "frame-empty", hidden: true, id: "over" });
  const overTitle = element("h2");
  const overOutcome = outcomeSelect(words, "outcome-after");
  const overState = element("p", { role: "status", class: "quiet" });
  const overAsk = element(
    "div",
    { class: "row" },
    element("label", { for: "outcome-after" }, words.outcomeTitle),
    overOutcome,
    element(
      "button",
      {
        type: "button",
        class: "button",
        "data-do": "note",
        onclick: () => {
          if (overOutcome.value !== "") dispatch({ kind: "note", outcome: overOutcome.value });
        },
      },
      words.outcomeSave,
    ),
  );
  root.append(
    overTitle,
    overAsk,
    overState,
    element("p", {}, element("a", { class: "button second", href: homeUrl }, words.home)),
  );
  return {
    root,
    render(view, state) {
      root.hidden = !view.isOver;
      write(overTitle, view.overText);
      overAsk.hidden = state.outcome === "noted" || state.outcome === "sending";
      write(overState, words.outcomeState[state.outcome]);
    },
  };
}

function outcomeSelect(words: Words, id: string): HTMLSelectElement {
  return element(
    "select",
    { class: "input", id, "aria-label": words.outcomeTitle },
    element("option", { value: "" }, words.later),
    ...OUTCOMES.map((value) => element("option", { value }, words.outcomes[value])),
  );
}
