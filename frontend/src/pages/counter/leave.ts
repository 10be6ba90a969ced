/** The citizen's leave for each act: what was asked, what was answered, and how. */
import { element, type IconName, icon } from "../../browser/elements.ts";
import type { CounterEvent } from "../../core/counter_state.ts";
import type { GrantView } from "../../core/counter_view.ts";
import { ACTS, type Act } from "../../core/wire/control.ts";
import { write, type Zone, type ZoneParts } from "./zones.ts";

const ICONS: Readonly<Record<Act, IconName>> = { see: "see", control: "control", scan: "scan" };

export function makeLeave(parts: ZoneParts): Zone {
  const items = new Map(ACTS.map((act) => [act, makeGrant(act, parts)]));
  const grants = element("ul", { class: "grants" });
  grants.append(...[...items.values()].map(({ item }) => item));
  const root = element("footer", { class: "acts", tabindex: -1 }, grants);
  return {
    root,
    render(view) {
      root.hidden = view.isOver;
      grants.setAttribute("aria-label", parts.words.acts(view.who));
      for (const grant of view.grants) items.get(grant.act)?.render(grant);
    },
  };
}

function makeGrant(act: Act, { words, dispatch }: ZoneParts) {
  const note = element("small", { role: "status" });
  const button = (label: string, doing: string, long: string, event: CounterEvent) =>
    element(
      "button",
      {
        type: "button",
        class: "button second",
        "data-do": doing,
        "aria-label": long,
        onclick: () => dispatch(event),
      },
      label,
    );
  const ask = button(words.ask, "ask", words.askFirst(words.act[act]), { kind: "want", act });
  const yes = button(words.saidYes, "yes", words.saidYesLong, { kind: "declare_yes" });
  const withdraw = button(words.cancel, "withdraw", words.withdraw, { kind: "withdraw" });
  const check = icon("check");
  const item = element(
    "li",
    { "data-act": act },
    icon(ICONS[act]),
    element("span", { class: "grant-words" }, element("b", {}, words.act[act]), note),
    element("span", { class: "grant-do" }, ask, yes, withdraw, check),
  );
  return {
    item,
    render(view: GrantView): void {
      item.dataset.state = view.state;
      item.classList.toggle("asked", view.isPending);
      write(note, view.note);
      ask.hidden = view.isGiven || view.isPending;
      ask.disabled = !view.mayAsk;
      yes.hidden = !view.isPending;
      yes.disabled = !view.maySayYes;
      withdraw.hidden = !view.isPending;
      withdraw.disabled = view.state === "asked";
      check.classList.toggle("is-absent", !view.isGiven);
    },
  };
}
