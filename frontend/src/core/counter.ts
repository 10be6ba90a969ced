/**
 * The agent's counter as one pure machine, composed of small ones: link, call, grants, verbs and
 * papers. `step` takes what happened and returns the next state and what to do in the world.
 */
import {
  askNext,
  type Grants,
  heard,
  isGiven,
  isPending,
  noGrants,
  revokedAll,
  want,
} from "./grants.ts";
import {
  isScanning,
  noPapers,
  type Papers,
  type PapersEffect,
  type PapersEvent,
  stepPapers,
} from "./papers.ts";
import {
  dueAt,
  type Focus,
  type FocusAfter,
  noVerbs,
  stepVerbs,
  takeId,
  type VerbDraft,
  type Verbs,
} from "./verbs.ts";
import type { Act, Done, FromAgent, FromKiosk, Location } from "./wire/control.ts";
import type { FromServer, Relayed, SeatTaken } from "./wire/counter.ts";
import type { PageListed } from "./wire/http.ts";

export type CallState = "idle" | "warm" | "live" | "cut" | "ended";

export interface Counter {
  readonly link: "joining" | "joined" | "lost" | "refused";
  readonly linkTrouble: string;
  readonly seat: SeatTaken | null;
  /** The kiosk's instance as the server last told it; null when it is not there. */
  readonly kioskThere: boolean;
  readonly call: CallState;
  readonly callTrouble: string;
  readonly isControlOpen: boolean;
  readonly endedBy: string;
  readonly grants: Grants;
  readonly verbs: Verbs;
  readonly papers: Papers;
  readonly location: Location | null;
  /** The last thing that did not work, in the kiosk's words. */
  readonly trouble: { readonly code: string; readonly message: string } | null;
  /** The agent's next wish once scan is given. */
  readonly wantsScan: boolean;
  readonly outcome: "none" | "sending" | "noted" | "failed";
  readonly isMuted: boolean;
  readonly isHidden: boolean;
}

export type CounterEvent =
  | { readonly kind: "link_open" }
  | { readonly kind: "link_lost" }
  | { readonly kind: "told"; readonly message: FromServer }
  | { readonly kind: "said"; readonly message: FromKiosk }
  | { readonly kind: "call_opened" }
  | { readonly kind: "call_refused"; readonly why: string }
  | { readonly kind: "keys_awaited" }
  | { readonly kind: "keys_found" }
  | { readonly kind: "hand_missed" }
  | { readonly kind: "call_state"; readonly connection: string; readonly control: string }
  | { readonly kind: "want"; readonly act: Act }
  | { readonly kind: "declare_yes" }
  | { readonly kind: "withdraw" }
  | { readonly kind: "give_back"; readonly act: Act }
  | { readonly kind: "verb"; readonly verb: VerbDraft; readonly focus: FocusAfter }
  | { readonly kind: "typed"; readonly text: string }
  | { readonly kind: "space" }
  | { readonly kind: "focus"; readonly focus: Focus }
  | { readonly kind: "mirror_lost" }
  | { readonly kind: "scan" }
  | { readonly kind: "papers"; readonly event: PapersEvent }
  | { readonly kind: "mute" }
  | { readonly kind: "hide" }
  | { readonly kind: "end"; readonly outcome: string }
  | { readonly kind: "note"; readonly outcome: string }
  | { readonly kind: "outcome_noted" }
  | { readonly kind: "outcome_failed" }
  | { readonly kind: "tick" };

export type CounterEffect =
  | { readonly kind: "send"; readonly message: FromAgent }
  | { readonly kind: "signal"; readonly relayed: Relayed }
  | { readonly kind: "go_live"; readonly at: number }
  | { readonly kind: "clear_mirror" }
  | { readonly kind: "answered"; readonly done: Done }
  | { readonly kind: "list_pages" }
  | { readonly kind: "close_call" }
  | { readonly kind: "set_tracks"; readonly mic: boolean; readonly camera: boolean }
  | { readonly kind: "note_outcome"; readonly outcome: string }
  | { readonly kind: "told_time"; readonly sent: number; readonly now: number }
  | PapersEffect;

export const startCounter: Counter = {
  link: "joining",
  linkTrouble: "",
  seat: null,
  kioskThere: false,
  call: "idle",
  callTrouble: "",
  isControlOpen: false,
  endedBy: "",
  grants: noGrants,
  verbs: noVerbs,
  papers: noPapers,
  location: null,
  trouble: null,
  wantsScan: false,
  outcome: "none",
  isMuted: false,
  isHidden: false,
};

type Step = [Counter, readonly CounterEffect[]];

/** The visit's states, as the server names them, after which there is no call any more. */
const OVER = new Set(["ended", "unanswered", "declined", "cancelled"]);

export function step(state: Counter, event: CounterEvent, now: number): Step {
  switch (event.kind) {
    case "link_open":
      return [{ ...state, link: state.link === "refused" ? "refused" : "joining" }, []];
    case "link_lost":
      return [state.link === "refused" ? state : { ...state, link: "lost" }, []];
    case "told":
      return told(state, event.message);
    case "said":
      return said(state, event.message, now);
    case "call_opened":
      return lineLost({ ...state, callTrouble: "", isControlOpen: false }, now, "idle");
    case "call_refused":
      return [{ ...state, callTrouble: event.why }, []];
    case "keys_awaited":
      // A kiosk that did not prove who it is matters more.
      return [state.callTrouble === "" ? { ...state, callTrouble: "keys_missing" } : state, []];
    case "keys_found": {
      const isAbout = state.callTrouble === "keys_missing";
      return [isAbout ? { ...state, callTrouble: "" } : state, []];
    }
    case "hand_missed":
      return [{ ...state, trouble: { code: "no_grant", message: "" } }, []];
    case "call_state":
      return callState(state, event.connection, event.control, now);
    case "want":
      return asked({ ...state, grants: want(state.grants, event.act), trouble: null });
    case "declare_yes":
    case "withdraw": {
      const request = state.grants.asking?.request ?? 0;
      const act = state.grants.asking?.act;
      const isReady = act !== undefined && state.grants.acts[act].state === "waiting";
      if (event.kind === "declare_yes" && !isReady) return [state, []];
      if (request === 0) return [state, []];
      return send(state, { type: event.kind, request });
    }
    case "give_back":
      return isGiven(state.grants, event.act)
        ? send(state, { type: "give_back", act: event.act })
        : [state, []];
    case "verb":
    case "typed":
    case "space":
      // Without the hand nothing is sent; without a line nothing could arrive.
      if (!isGiven(state.grants, "control") || !state.isControlOpen) return [state, []];
      return verbs({ ...state, trouble: null }, event, now);
    case "mirror_lost":
      return state.isControlOpen ? send(state, { type: "mirror_again" }) : [state, []];
    case "scan":
      return scan(state);
    case "papers":
      return papers(state, event.event);
    case "mute":
      return tracks({ ...state, isMuted: !state.isMuted });
    case "hide":
      return tracks({ ...state, isHidden: !state.isHidden });
    case "end": {
      const isSaid = state.isControlOpen && state.call !== "ended";
      const ending: Counter = isSaid ? state : { ...state, call: "ended", endedBy: "agent" };
      const [next, noting] = event.outcome === "" ? [ending, []] : noted(ending, event.outcome);
      return isSaid
        ? [next, [{ kind: "send", message: { type: "end" } }, ...noting]]
        : [next, noting];
    }
    case "note":
      return noted(state, event.outcome);
    case "outcome_noted":
      return [{ ...state, outcome: "noted" }, []];
    case "outcome_failed":
      return [{ ...state, outcome: "failed" }, []];
    case "focus":
    case "tick":
      return verbs(state, event, now);
  }
}

/** When `tick` has something to do, or null. */
export function deadline(state: Counter): number | null {
  return dueAt(state.verbs);
}

function told(state: Counter, message: FromServer): Step {
  switch (message.type) {
    case "seat_taken": {
      const isOver = OVER.has(message.state);
      const next: Counter = { ...state, link: "joined", linkTrouble: "", seat: message };
      if (isOver && state.call === "idle") {
        return [{ ...next, call: "ended", endedBy: message.state }, [{ kind: "list_pages" }]];
      }
      return [next, [{ kind: "list_pages" }]];
    }
    case "time_told":
      return [state, [{ kind: "told_time", sent: message.sent, now: message.now }]];
    case "peer":
      if (message.role !== "kiosk") return [state, []];
      return [{ ...state, kioskThere: message.instance !== null }, []];
    case "relayed":
      return [state, [{ kind: "signal", relayed: message }]];
    case "page_arrived":
      return papers(state, { kind: "arrived", page: message });
    case "fact_told":
      if (message.kind === "ended" && state.call !== "ended") {
        return over(state, String(message.detail.by ?? ""), message.at);
      }
      if (message.kind === "uploaded") return [state, [{ kind: "list_pages" }]];
      return [state, []];
    case "refused":
      if (message.code === "elsewhere") {
        return [
          { ...state, link: "refused", linkTrouble: message.message },
          [{ kind: "close_call" }],
        ];
      }
      return [{ ...state, linkTrouble: message.message }, []];
  }
}

function said(state: Counter, message: FromKiosk, now: number): Step {
  switch (message.type) {
    case "live":
      return [{ ...state, call: "live" }, [{ kind: "go_live", at: message.at }]];
    case "prompted":
      return [{ ...state, grants: heard(state.grants, message, now) }, []];
    case "grant":
      return granted(handed({ ...state, grants: heard(state.grants, message, now) }, now));
    case "stopped": {
      const next = { ...state, grants: heard(state.grants, message, now), wantsScan: false };
      return [handed({ ...next, location: null }, now), [{ kind: "clear_mirror" }]];
    }
    case "done":
      return done(state, message, now);
    case "location":
      return [{ ...state, location: message }, []];
    case "scan_state": {
      return papers(state, { kind: "scan_state", said: message });
    }
    case "ended":
      return over(state, message.by, now);
  }
}

/** Without the hand nothing that was on its way will be done. */
function handed(state: Counter, now: number): Counter {
  if (isGiven(state.grants, "control")) return state;
  return { ...state, verbs: stepVerbs(state.verbs, { kind: "lost" }, now)[0] };
}

function granted(state: Counter): Step {
  const effects: CounterEffect[] = [];
  let next = state;
  if (!isGiven(state.grants, "see")) {
    effects.push({ kind: "clear_mirror" });
    next = { ...next, location: null };
  }
  if (next.wantsScan && isGiven(next.grants, "scan")) {
    const [scanned, more] = scan({ ...next, wantsScan: false });
    next = scanned;
    effects.push(...more);
  } else if (next.wantsScan && !isPending(next.grants.acts.scan.state)) {
    next = { ...next, wantsScan: next.grants.wanted.includes("scan") };
  }
  const [after, asks] = asked(next);
  return [after, [...effects, ...asks]];
}

function done(state: Counter, message: Done, now: number): Step {
  let next: Counter = { ...state, grants: heard(state.grants, message, now) };
  const effects: CounterEffect[] = [{ kind: "answered", done: message }];
  const [after, more] = verbs(next, { kind: "done", done: message }, now);
  next = after;
  effects.push(...more);
  if (message.ok) return [next, effects];
  if (next.papers.scan?.id === message.id) {
    const { id, code, message: words } = message;
    const [scanned] = papers(next, { kind: "scan_refused", id, code, message: words });
    return [scanned, effects];
  }
  return [{ ...next, trouble: { code: message.code, message: message.message } }, effects];
}

function callState(state: Counter, connection: string, control: string, now: number): Step {
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

function cutOf(call: CallState): CallState {
  return call === "live" ? "cut" : call;
}

/** The line is gone: every leave ends with it (DESIGN 5.8) and what was on its way is lost. */
function lineLost(state: Counter, now: number, call: CallState): Step {
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
    wantsScan: false,
  };
  return [next, [{ kind: "clear_mirror" }]];
}

function over(state: Counter, by: string, now: number): Step {
  const next: Counter = {
    ...state,
    call: "ended",
    endedBy: by,
    isControlOpen: false,
    grants: revokedAll(state.grants, "ended", now),
    location: null,
    wantsScan: false,
  };
  return [next, [{ kind: "clear_mirror" }, { kind: "close_call" }, { kind: "list_pages" }]];
}

function scan(state: Counter): Step {
  if (isScanning(state.papers) || !state.isControlOpen) return [state, []];
  if (!isGiven(state.grants, "scan")) {
    const grants = want(state.grants, "scan");
    return asked({ ...state, grants, wantsScan: true, trouble: null });
  }
  const [verbsAfter, id] = takeId(state.verbs);
  const next = { ...state, verbs: verbsAfter, wantsScan: false, trouble: null };
  const [after, effects] = papers(next, { kind: "scan_asked", id });
  return [after, [...effects, { kind: "send", message: { type: "scan", id } }]];
}

/** Sends the next request, when the line is open and none is under way. */
function asked(state: Counter): Step {
  if (!state.isControlOpen || state.call === "ended") return [state, []];
  const [verbsAfter, id] = takeId(state.verbs);
  const [grants, message] = askNext(state.grants, id);
  if (message === null) return [{ ...state, grants }, []];
  return send({ ...state, grants, verbs: verbsAfter }, message);
}

function verbs(state: Counter, event: Parameters<typeof stepVerbs>[1], now: number): Step {
  const [after, messages] = stepVerbs(state.verbs, event, now);
  return [{ ...state, verbs: after }, messages.map((message) => ({ kind: "send", message }))];
}

function papers(state: Counter, event: PapersEvent): Step {
  const [after, effects] = stepPapers(state.papers, event);
  return [{ ...state, papers: after }, effects];
}

function noted(state: Counter, outcome: string): Step {
  return [{ ...state, outcome: "sending" }, [{ kind: "note_outcome", outcome }]];
}

function tracks(state: Counter): Step {
  return [state, [{ kind: "set_tracks", mic: !state.isMuted, camera: !state.isHidden }]];
}

function send(state: Counter, message: FromAgent): Step {
  return [state, [{ kind: "send", message }]];
}

/** Pages listed by the server, as an event. */
export function listed(pages: readonly PageListed[]): CounterEvent {
  return { kind: "papers", event: { kind: "listed", pages } };
}
