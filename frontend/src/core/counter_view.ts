/** What the counter shows, computed from its state: no page decides anything. */
import { type Counter, KEY_TROUBLES } from "./counter_state.ts";
import { type GrantState, isGiven, isPending } from "./grants.ts";
import type { LineMeasure } from "./line.ts";
import { isScanning } from "./papers.ts";
import type { ShownPage } from "./shown_page.ts";
import { ACTS, type Act } from "./wire/control.ts";
import type { Words } from "./words.ts";

export type Tone = "ok" | "warn" | "bad" | "live" | "rest";

export interface GrantView {
  readonly act: Act;
  readonly state: GrantState;
  readonly label: string;
  readonly note: string;
  readonly mayAsk: boolean;
  readonly maySayYes: boolean;
  readonly isPending: boolean;
  readonly isGiven: boolean;
}

export interface CounterView {
  readonly who: string;
  readonly about: string;
  readonly hours: string;
  readonly minutes: string;
  readonly minutesNote: string;
  readonly line: { readonly tone: Tone; readonly label: string; readonly note: string };
  readonly notice: { readonly tone: "warn" | "bad"; readonly text: string } | null;
  readonly offersKeys: boolean;
  readonly hasHand: boolean;
  readonly seesPage: boolean;
  /** What of the page is seen, while it is seen. */
  readonly page: ShownPage;
  /** What the person is typing unseen; empty while nothing is. */
  readonly secretNote: string;
  readonly isWaitingForPage: boolean;
  /** Without `https://`, as browsers write it: only what is not secure says its scheme. */
  readonly address: string;
  readonly isSecure: boolean;
  readonly title: string;
  readonly mayBack: boolean;
  readonly mayForward: boolean;
  readonly grants: readonly GrantView[];
  readonly scanLabel: string;
  readonly scanTone: Tone;
  readonly mayScan: boolean;
  readonly isOnItsWay: boolean;
  readonly isOver: boolean;
  readonly overText: string;
}

/** `hour` writes Unix seconds as the hour of the place, `HH:MM`. */
export interface ViewTools {
  readonly words: Words;
  readonly now: number;
  readonly line: LineMeasure | null;
  readonly cameraTrouble: string;
  readonly clockOf: (at: number) => { readonly h: number; readonly m: number };
}

export function viewOf(state: Counter, tools: ViewTools): CounterView {
  const { words, now } = tools;
  const seat = state.seat;
  const isOver = state.call === "ended";
  const minutes = seat === null ? 0 : Math.floor((now - seat.starts_at) / 60);
  return {
    who: seat?.citizen ?? "",
    about: seat === null ? "" : `· ${seat.reason} · ${seat.site}`,
    hours: seat === null ? "" : `${hour(seat.starts_at, tools)} – ${hour(seat.ends_at, tools)}`,
    minutes: seat === null ? "" : words.minutesPast(minutes >= 0 ? minutes : -minutes),
    minutesNote: minutes >= 0 ? words.past : words.toGo,
    line: lineOf(state, tools),
    notice: noticeOf(state, tools),
    offersKeys: state.callTrouble in KEY_TROUBLES,
    hasHand: isGiven(state.grants, "control") && !isOver,
    seesPage: isGiven(state.grants, "see") && !isOver,
    page: state.page,
    secretNote: secretNote(state, words),
    isWaitingForPage: isGiven(state.grants, "see") || isPending(state.grants.acts.see.state),
    address: (state.location?.url ?? "").replace(/^https:\/\//, ""),
    isSecure: state.location?.url.startsWith("https://") ?? false,
    title: state.location?.title ?? "",
    mayBack: state.location?.may_back ?? false,
    mayForward: state.location?.may_forward ?? false,
    grants: ACTS.map((act) => grantOf(state, act, tools)),
    ...scanOf(state, words),
    isOnItsWay: isOnItsWay(state),
    isOver,
    overText: overText(state, words),
  };
}

function secretNote(state: Counter, words: Words): string {
  if (state.secret === "" || state.call !== "live" || !isGiven(state.grants, "see")) return "";
  const said = words.secretTyped[state.secret] ?? words.secretTyped.secret;
  return said?.(state.seat?.citizen || words.thePerson) ?? "";
}

/** Scrolling is seen at once, so only the rest is worth a word. */
function isOnItsWay({ verbs }: Counter): boolean {
  const isSent = verbs.sent.some(({ type }) => type !== "scroll" && type !== "wheel");
  return isSent || verbs.held !== null || verbs.waiting.length > 0;
}

function hour(at: number, tools: ViewTools): string {
  const { h, m } = tools.clockOf(at);
  return tools.words.hour(h, m);
}

/** Hours beside a grant are short: `10:36`. */
function shortHour(at: number, tools: ViewTools): string {
  const { h, m } = tools.clockOf(at);
  return `${h}:${String(m).padStart(2, "0")}`;
}

function grantOf(state: Counter, act: Act, tools: ViewTools): GrantView {
  const grant = state.grants.acts[act];
  const canAsk = state.isControlOpen && state.call === "live" && state.grants.asking === null;
  return {
    act,
    state: grant.state,
    label: tools.words.act[act],
    note: grantNote(state, act, tools),
    mayAsk: canAsk && grant.state !== "given" && !isPending(grant.state),
    maySayYes: grant.state === "waiting",
    isPending: isPending(grant.state),
    isGiven: grant.state === "given",
  };
}

function grantNote(state: Counter, act: Act, tools: ViewTools): string {
  const { state: how, how: by, at } = state.grants.acts[act];
  const words = tools.words.grant;
  const time = shortHour(at, tools);
  switch (how) {
    case "refused":
      return words.refused(time);
    case "given":
      if (by === "touch") return words.touch(time);
      if (by === "declared") return words.declared(time);
      return by === "host" ? words.host(time) : words.given(time);
    case "revoked":
      if (by === "given_back") return words.given_back(time);
      if (by === "cut") return words.cut;
      if (by === "failed") return words.failed;
      return by === "ended" ? words.ended(time) : words.stopped(time);
    default:
      return words[how];
  }
}

/** A line is fair from 250 ms or 3 % lost, slow from 800 ms or 10 %: voice begins to suffer. */
function lineOf(state: Counter, { words, line, now }: ViewTools): CounterView["line"] {
  const say = (tone: Tone, [label = "", note = ""]: readonly string[]) => ({ tone, label, note });
  switch (state.call) {
    case "idle":
      return state.seat !== null && now >= state.seat.starts_at
        ? say("warn", words.line.waiting)
        : say("rest", words.line.idle);
    case "warm":
      return say("ok", words.line.warm);
    case "cut":
      return say("bad", words.line.cut);
    case "ended":
      return say("rest", words.line.ended);
    case "live":
      if (line === null || (line.rttMs < 250 && line.lost < 0.03))
        return say("ok", words.line.good);
      return line.rttMs < 800 && line.lost < 0.1
        ? say("warn", words.line.fair)
        : say("bad", words.line.slow);
  }
}

function noticeOf(state: Counter, { words, cameraTrouble }: ViewTools): CounterView["notice"] {
  if (state.call === "ended") return null;
  if (state.link === "refused") return { tone: "bad", text: state.linkTrouble };
  const callTrouble = state.callTrouble || (state.isKeyless ? "keys_unsupported" : "");
  if (callTrouble !== "") {
    const known = words.refused as Readonly<Record<string, string>>;
    // Keys made here a moment ago only have to be certified: nothing is wrong.
    const tone = callTrouble === "keys_pending" ? "warn" : "bad";
    return { tone, text: known[callTrouble] ?? callTrouble };
  }
  if (cameraTrouble !== "") return { tone: "bad", text: cameraTrouble };
  if (state.link === "lost") return { tone: "warn", text: words.link.lost };
  if (state.trouble !== null) {
    const { code, message } = state.trouble;
    return { tone: "warn", text: troubleText(words, code, message) };
  }
  const pageNote = words.pictureWhy[state.page.why];
  if (pageNote !== undefined) return { tone: "warn", text: pageNote };
  return state.linkTrouble === "" ? null : { tone: "warn", text: state.linkTrouble };
}

/** What went wrong, in the reader's tongue: the kiosk's own sentence where that is French. */
function troubleText(words: Words, code: string, message: string): string {
  const own = words.code[code];
  const known = words.isKiosksTongue ? message || own : own || message;
  return known || (words.code.failed ?? "");
}

function scanOf(
  state: Counter,
  words: Words,
): Pick<CounterView, "scanLabel" | "scanTone" | "mayScan"> {
  const scan = state.papers.scan;
  const mayScan =
    state.isControlOpen && state.call === "live" && !isScanning(state.papers) && !state.wantsScan;
  if (scan === null) return { scanLabel: "", scanTone: "rest", mayScan };
  const isFailed = scan.state === "failed";
  const own = scan.code === "cut" ? words.scanState.cut : words.scanState[scan.state];
  return {
    scanLabel: isFailed && scan.message !== "" ? troubleText(words, scan.code, scan.message) : own,
    scanTone: isFailed ? "warn" : scan.state === "sent" ? "ok" : "live",
    mayScan,
  };
}

function overText(state: Counter, words: Words): string {
  const known = words.ended as Readonly<Record<string, string>>;
  return known[state.endedBy] ?? words.ended.other;
}
