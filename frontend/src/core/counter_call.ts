/** How the line comes, breaks and ends, and what of the counter ends with it. */
import { asked } from "./counter_acts.ts";
import type { CallState, Counter, Step } from "./counter_state.ts";
import { revokedAll } from "./grants.ts";
import { stepPapers } from "./papers.ts";
import { mirrored } from "./shown_page.ts";
import { stepVerbs } from "./verbs.ts";

/** The line or its control channel changed. */
export function callState(state: Counter, connection: string, control: string, now: number): Step {
  if (state.call === "ended") return [state, []];
  const isControlOpen = control === "open";
  if (connection === "failed" || connection === "closed") {
    return lineLost(
      { ...state, isControlOpen: false },
      now,
      state.call === "idle" ? "idle" : "cut",
    );
  }
  if (connection === "disconnected") return [{ ...state, call: cutOf(state.call) }, []];
  if (connection !== "connected") return [{ ...state, isControlOpen }, []];
  const call = state.call === "idle" || state.call === "cut" ? "warm" : state.call;
  const back = state.call === "cut" ? "live" : call;
  return asked({ ...state, isControlOpen, call: isControlOpen ? back : call });
}

/** The line is gone: every leave ends with it (DESIGN 5.8) and what was on its way is lost. */
export function lineLost(state: Counter, now: number, call: CallState): Step {
  if (state.call === "ended") return [state, []];
  const wasLive = state.call === "live" || state.call === "cut";
  const [verbsAfter] = stepVerbs(state.verbs, { kind: "lost" }, now);
  const [papersAfter] = stepPapers(state.papers, { kind: "scan_lost" });
  const next: Counter = {
    ...state,
    call: wasLive ? "cut" : call,
    grants: revokedAll(state.grants, "cut", now),
    verbs: verbsAfter,
    papers: papersAfter,
    location: null,
    page: mirrored,
    wantsScan: false,
  };
  return [next, [{ kind: "clear_mirror" }]];
}

/** The kiosk would not take our description: a call that stands goes on, another does not begin. */
export function refusedByKiosk(state: Counter): Counter {
  const isToBeSaid = state.call !== "live" && state.callTrouble === "";
  return isToBeSaid ? { ...state, callTrouble: "kiosk_refused" } : state;
}

/** The visit is over, and who ended it. */
export function over(state: Counter, by: string, now: number): Step {
  const next: Counter = {
    ...state,
    call: "ended",
    endedBy: by,
    isControlOpen: false,
    grants: revokedAll(state.grants, "ended", now),
    location: null,
    page: mirrored,
    wantsScan: false,
  };
  return [next, [{ kind: "clear_mirror" }, { kind: "close_call" }, { kind: "list_pages" }]];
}

function cutOf(call: CallState): CallState {
  return call === "live" ? "cut" : call;
}
