/**
 * The agent's counter as one pure machine, composed of small ones: link, call, grants, verbs and
 * papers. `step` takes what happened and returns the next state and what to do in the world.
 */
import { stepAttaching } from "./attaching.ts";
import {
  asked,
  done,
  granted,
  handed,
  papers,
  receive,
  sayYes,
  scan,
  send,
  verbs,
} from "./counter_acts.ts";
import { callState, lineLost, over, refusedByKiosk } from "./counter_call.ts";
import { type Counter, type CounterEvent, KEY_TROUBLES, type Step } from "./counter_state.ts";
import { heard, isGiven, want } from "./grants.ts";
import { mirrored, shownAs } from "./shown_page.ts";
import { dueAt } from "./verbs.ts";
import type { FromKiosk } from "./wire/control.ts";
import type { FromServer } from "./wire/counter.ts";
import type { PageListed } from "./wire/http.ts";

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
    case "keys_awaited": {
      // A kiosk that did not prove who it is matters more.
      const isFree = state.callTrouble === "" || state.callTrouble in KEY_TROUBLES;
      const callTrouble = event.isElsewhere ? "keys_missing" : "keys_pending";
      return [isFree ? { ...state, callTrouble } : state, []];
    }
    case "keys_found":
      return [keysSettled(state), []];
    case "keys_unsupported":
      return [{ ...keysSettled(state), isKeyless: true }, []];
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
      // Where the pointer rests is no request: what was said of the last one stands.
      return event.kind === "verb" && event.verb.type === "hover"
        ? verbs(state, event, now)
        : verbs({ ...state, trouble: null }, event, now);
    case "say_yes":
      return sayYes(state, now);
    case "mirror_lost":
      return state.isControlOpen ? send(state, { type: "mirror_again" }) : [state, []];
    case "show_as": {
      const isSeen = isGiven(state.grants, "see") && state.isControlOpen;
      const { way, why } = event;
      return isSeen ? send(state, { type: "show_as", way, why }) : [state, []];
    }
    case "scan":
      return scan(state);
    case "receive":
      return receive(state, event.document);
    case "arm":
    case "attach":
      return stepAttaching(state, event, now);
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
      if (message.kind === "rejected" && message.detail.code === "fingerprint") {
        return [refusedByKiosk(state), []];
      }
      return [state, []];
    case "refused":
      if (message.code === "elsewhere" || message.code === "handed_over") {
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
      return [
        handed({ ...next, location: null, secret: "", page: mirrored }, now),
        [{ kind: "clear_mirror" }],
      ];
    }
    case "done":
      return done(state, message, now);
    case "location":
      return [{ ...state, location: message }, []];
    case "secret_asked":
      return [{ ...state, secret: message.kind }, []];
    case "shown_as": {
      const next = { ...state, page: shownAs(message) };
      // What is typed goes wherever the focus is: a picture names no field.
      const isPicture = next.page.way === "picture";
      const focus = { node: 0, isWritten: true };
      return isPicture ? verbs(next, { kind: "focus", focus }, now) : [next, []];
    }
    case "scan_state": {
      return papers(state, { kind: "scan_state", said: message });
    }
    case "document_offered":
      return papers(state, { kind: "offered", document: message.document });
    case "ended":
      return over(state, message.by, now);
  }
}

function keysSettled(state: Counter): Counter {
  return state.callTrouble in KEY_TROUBLES ? { ...state, callTrouble: "" } : state;
}

function noted(state: Counter, outcome: string): Step {
  return [{ ...state, outcome: "sending" }, [{ kind: "note_outcome", outcome }]];
}

function tracks(state: Counter): Step {
  return [state, [{ kind: "set_tracks", mic: !state.isMuted, camera: !state.isHidden }]];
}

/** Pages listed by the server, as an event. */
export function listed(pages: readonly PageListed[]): CounterEvent {
  return { kind: "papers", event: { kind: "listed", pages } };
}
