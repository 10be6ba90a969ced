/** What the agent does within the citizen's leave: ask, steer the page, scan. */
import type { Counter, CounterEffect, Step } from "./counter_state.ts";
import { askNext, heard, isGiven, isPending, want } from "./grants.ts";
import { isScanning, type PapersEvent, stepPapers } from "./papers.ts";
import { mirrored } from "./shown_page.ts";
import { stepVerbs, takeId, type VerbDraft } from "./verbs.ts";
import type { Done, FromAgent, Verb } from "./wire/control.ts";

/** Sends the next request, when the line is open and none is under way. */
export function asked(state: Counter): Step {
  if (!state.isControlOpen || state.call === "ended") return [state, []];
  const [verbsAfter, id] = takeId(state.verbs);
  const [grants, message] = askNext(state.grants, id);
  if (message === null) return [{ ...state, grants }, []];
  return send({ ...state, grants, verbs: verbsAfter }, message);
}

/** What a grant sets off: the scan that waited for it, the mirror cleared, the next request. */
export function granted(state: Counter): Step {
  const effects: CounterEffect[] = [];
  let next = state;
  if (!isGiven(state.grants, "see")) {
    effects.push({ kind: "clear_mirror" });
    next = { ...next, location: null, page: mirrored };
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

/** Without the hand nothing that was on its way will be done. */
export function handed(state: Counter, now: number): Counter {
  if (isGiven(state.grants, "control")) return state;
  return { ...state, armed: [], verbs: stepVerbs(state.verbs, { kind: "lost" }, now)[0] };
}

/** The kiosk answered something that was asked or done. */
export function done(state: Counter, message: Done, now: number): Step {
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
  const trouble = { code: message.code, message: message.message };
  return [{ ...next, questioned: questionedBy(state, message), trouble }, effects];
}

function questionedBy(state: Counter, { id, code }: Done): VerbDraft | null {
  const verb = state.verbs.sent.find((each) => each.id === id);
  return code === "question" && verb !== undefined ? withoutId(verb) : null;
}

/** Does again what made the page ask, and says yes to that one question. */
export function sayYes(state: Counter, now: number): Step {
  const again = state.questioned;
  if (again === null || !isGiven(state.grants, "control") || !state.isControlOpen)
    return [state, []];
  const verb = { ...again, yes: true } as VerbDraft;
  const next = { ...state, questioned: null, trouble: null };
  return verbs(next, { kind: "verb", verb, focus: "unknown" }, now);
}

function withoutId({ id: _, ...draft }: Verb): VerbDraft {
  return draft as VerbDraft;
}

/** Scans the sheet on the stand, or asks for the leave to. */
export function scan(state: Counter): Step {
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

/** Has a document of the partner's page sealed and sent, or asks for the leave to. */
export function receive(state: Counter, document: string): Step {
  if (isScanning(state.papers) || !state.isControlOpen) return [state, []];
  if (!isGiven(state.grants, "scan")) {
    return asked({ ...state, grants: want(state.grants, "scan"), trouble: null });
  }
  const [verbsAfter, id] = takeId(state.verbs);
  const [taken] = papers(
    { ...state, verbs: verbsAfter, trouble: null },
    { kind: "received", document },
  );
  const [after, effects] = papers(taken, { kind: "scan_asked", id });
  return [after, [...effects, { kind: "send", message: { type: "receive", id, document } }]];
}

/** Hands an event to the verbs and sends what they let go. */
export function verbs(state: Counter, event: Parameters<typeof stepVerbs>[1], now: number): Step {
  const [after, messages] = stepVerbs(state.verbs, event, now);
  return [{ ...state, verbs: after }, messages.map((message) => ({ kind: "send", message }))];
}

/** Hands an event to the papers. */
export function papers(state: Counter, event: PapersEvent): Step {
  const [after, effects] = stepPapers(state.papers, event);
  return [{ ...state, papers: after }, effects];
}

/** One message to the kiosk, nothing else changed. */
export function send(state: Counter, message: FromAgent): Step {
  return [state, [{ kind: "send", message }]];
}
