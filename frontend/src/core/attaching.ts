/**
 * Giving scanned pages to a file field of the partner's page: pages are armed in the papers' zone,
 * then the agent points at the field; or the field is pointed at first, and pages are chosen there.
 */
import { verbs } from "./counter_acts.ts";
import type { Counter, Step } from "./counter_state.ts";
import { isGiven } from "./grants.ts";
import type { VerbDraft } from "./verbs.ts";

export type AttachEvent =
  /** A page is taken in the hand, or laid down again. */
  | { readonly kind: "arm"; readonly page: string }
  /** The agent pointed where the armed pages, or these, are to go. */
  | { readonly kind: "attach"; readonly node: number; readonly pages: readonly string[] };

export function stepAttaching(state: Counter, event: AttachEvent, now: number): Step {
  if (!isGiven(state.grants, "control") || !state.isControlOpen) {
    return [{ ...state, armed: [], trouble: { code: "no_grant", message: "" } }, []];
  }
  if (event.kind === "arm") {
    const isArmed = state.armed.includes(event.page);
    const others = state.armed.filter((page) => page !== event.page);
    return [{ ...state, armed: isArmed ? others : [...others, event.page], trouble: null }, []];
  }
  const { node, pages } = event;
  if (pages.length === 0) {
    return [{ ...state, trouble: { code: "page_unknown", message: "" } }, []];
  }
  const verb: VerbDraft = { type: "attach", node, pages: [...pages] };
  return verbs({ ...state, armed: [], trouble: null }, { kind: "verb", verb, focus: "same" }, now);
}

/** The attachment that is on its way: the kiosk says it aloud before it does it. */
export function isAttaching(state: Counter): boolean {
  return state.verbs.sent.some(({ type }) => type === "attach");
}

/** The pages of the visit that may be attached, in order. */
export function attachable(state: Counter): readonly { page: string; number: number }[] {
  return state.papers.pages.filter((each) => each.state !== "gone" && !each.isDocument);
}
