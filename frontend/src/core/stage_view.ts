/** What the stage shows, in words and numbers: `Show` and the hour in, a scene out. No DOM. */

import type {
  Call,
  Card,
  Common,
  Help,
  Idle,
  Light,
  Notice,
  Scene,
  Wait,
  Welcome,
} from "./scene.ts";
import { secretKeyboardOf } from "./secret_keys.ts";
import { type StageText, stageText } from "./stage_text.ts";
import { dayOf, type Instant, instantOf, siteParts, spacedCode } from "./stage_time.ts";
import type { Show } from "./wire/stage.ts";

const WELCOME_S = 600;

/** `now` is the corrected clock in Unix seconds; texts and hours follow `show.lang` and `zone`. */
export function sceneOf(show: Show, now: number): Scene {
  const text = stageText(show.lang);
  const at = (seconds: number) => instantOf(seconds, show.zone, text.locale);
  const help: Help = { label: text.trouble, phone: show.phone };
  const common = { lang: text.locale.slice(0, 2), help };
  switch (show.view) {
    case "idle":
      return idle(show, now, text, at, common);
    case "welcome":
      return welcome(show, now, text, at, common);
    case "countdown":
    case "late":
      return wait(show, now, text, common);
    case "call":
      return call(show, text, at, common);
    case "apology":
    case "thanks":
    case "trouble":
      return notice(show, now, text, at, common);
  }
}

type Lasting = Pick<Common, "lang" | "help">;
type At = (seconds: number) => Instant;

function idle(show: Show, now: number, text: StageText, at: At, common: Lasting): Idle {
  const { hour, minute, date } = at(now);
  return {
    ...common,
    scene: "idle",
    theme: "day",
    title: show.site,
    place: siteParts(show.site),
    itIs: text.itIs,
    clock: text.clock(hour, minute),
    date,
    next: show.next_at > now ? nextOf(show.next_at, now, text, at) : null,
    noNext: text.noNext,
    say: text.idleSay,
    near: text.idleHelp(show.phone),
  };
}

function nextOf(next: number, now: number, text: StageText, at: At) {
  const { hour, minute } = at(next);
  return {
    title: text.next,
    hour: text.hour(hour, minute),
    when: whenOf(next, now, text, at),
    near: text.noName,
  };
}

function whenOf(next: number, now: number, text: StageText, at: At): string {
  const days = dayOf(at(next)) - dayOf(at(now));
  if (days === 1) return text.tomorrow;
  if (days > 1) return at(next).date;
  const minutes = Math.ceil((next - now) / 60);
  if (minutes < 60) return text.inMinutes(minutes);
  return text.inHours(Math.floor(minutes / 60), minutes % 60);
}

function welcome(show: Show, now: number, text: StageText, at: At, common: Lasting): Welcome {
  const { hour, minute } = at(now);
  const start = at(show.starts_at);
  const left = Math.max(0, show.starts_at - now);
  return {
    ...common,
    scene: "welcome",
    theme: "day",
    title: text.hello(show.citizen),
    site: show.site,
    itIs: text.itIs,
    clock: text.clock(hour, minute),
    appointment: text.appointment(text.hour(start.hour, start.minute)),
    partner: show.partner,
    you: text.you,
    agent: show.agent,
    inward: left > 0 ? text.inward : "",
    left: leftOf(left, text),
    progress: Math.min(1, Math.max(0, 1 - left / WELCOME_S)),
    lead: text.nothingToTouch,
    text: show.note || (show.tool ? text.beforeTool(show.partner) : text.beforeCall),
    choice: { label: text.notNow, touch: "not_now" },
  };
}

function leftOf(left: number, text: StageText): string {
  if (left === 0) return text.now;
  return left > 60 ? text.minutes(Math.ceil(left / 60)) : text.seconds(Math.ceil(left));
}

function wait(show: Show, now: number, text: StageText, common: Lasting): Wait {
  const isLate = show.view === "late";
  const left = Math.max(0, Math.ceil(show.starts_at - now));
  const isCounting = !isLate && left > 0;
  if (show.tool) return waitForTool(show, isCounting ? left : 0, text, common);
  return {
    ...common,
    scene: "wait",
    theme: "night",
    title: isLate ? text.late(show.agent) : text.startsIn,
    inTool: false,
    you: text.you,
    warning: show.camera_covered ? text.coveredCamera : "",
    lead: isLate ? text.late(show.agent) : isCounting ? text.startsIn : text.starting(show.agent),
    count: isCounting ? String(left) : "",
    unit: isCounting ? text.secondsWord(left) : "",
    text: show.note || (isLate ? text.lateStay : ""),
    privacy: text.privacy,
    choice: isLate ? { label: text.stop, touch: "stop" } : { label: text.notNow, touch: "not_now" },
  };
}

/** No own picture: the stage has no camera then. */
function waitForTool(show: Show, left: number, text: StageText, common: Lasting): Wait {
  const lead = left > 0 ? text.toolIn : text.toolOpens(show.partner);
  return {
    ...common,
    scene: "wait",
    theme: "night",
    title: lead,
    inTool: true,
    you: text.inTool(show.partner),
    warning: "",
    lead,
    count: left > 0 ? String(left) : "",
    unit: left > 0 ? text.secondsWord(left) : "",
    text: show.note,
    privacy: text.privacy,
    choice: { label: text.notNow, touch: "not_now" },
  };
}

function call(show: Show, text: StageText, at: At, common: Lasting): Call {
  const held =
    show.grants.includes("see") || show.grants.includes("control") || show.camera_for !== "";
  return {
    ...common,
    scene: "call",
    theme: "night",
    title: text.callWith(show.agent, show.partner),
    // A question needs the room that the long sentence would take.
    help:
      show.guest || show.tool || show.request_act !== ""
        ? common.help
        : { ...common.help, label: text.ifCut },
    inTool: show.tool !== "",
    together: show.guest,
    held,
    banner: bannerOf(show, text),
    host: show.guest_host,
    isSecure: show.guest_secure,
    hole: show.tool ? text.toolHole : text.page,
    agent: show.agent,
    partner: show.partner,
    you: show.tool ? "" : text.you,
    warning: show.camera_covered ? text.coveredCamera : "",
    coming: comingOf(show, text),
    cut: show.line === "cut" ? text.cut[1] : "",
    code: show.code ? { label: text.code, digits: spacedCode(show.code) } : null,
    light: show.tool ? cameraLight(show, text) : lightOf(show.line, text),
    stop: { label: text.stop, touch: "stop" },
    stopHint: stopHintOf(show, text),
    card: cardOf(show, text, at),
    keyboard: show.guest ? secretKeyboardOf(show) : null,
  };
}

function comingOf(show: Show, text: StageText): string {
  if (show.line === "sound" || show.line === "paused") return text[show.line][0];
  if (!show.tool) return text.comes(show.agent);
  return show.guest || show.note || show.ask_end
    ? text.inTool(show.partner)
    : text.toolOpens(show.partner);
}

function stopHintOf(show: Show, text: StageText): string {
  if (show.tool) return text.toolStop;
  return show.guest ? text.stopHint : text.hangsUp(show.agent);
}

function cameraLight(show: Show, text: StageText): Light {
  const [word, detail] = show.camera_for ? text.cameraOn : text.cameraOff;
  return { tone: "ok", word, detail };
}

function bannerOf(show: Show, text: StageText): string {
  if (show.camera_for) return text.cameraFor(show.camera_for);
  if (show.grants.includes("control")) return text.fills(show.agent);
  if (show.grants.includes("see")) return text.looks(show.agent);
  return text.looksNoMore(show.agent);
}

function lightOf(line: string, text: StageText): Light {
  if (line === "cut") return { tone: "bad", word: text.cut[0], detail: text.reviving };
  if (line === "paused") return { tone: "warn", word: text.paused[0], detail: text.paused[1] };
  if (line === "sound") return { tone: "warn", word: text.sound[0], detail: text.sound[1] };
  if (line === "slow") return { tone: "warn", word: text.slow[0], detail: text.slow[1] };
  return { tone: "ok", word: text.good[0], detail: text.good[1] };
}

function cardOf(show: Show, text: StageText, at: At): Card {
  if (show.ask_end) {
    return {
      kind: "end",
      question: show.tool ? text.toolEnd : text.endQuestion,
      choices: [
        { label: text.endYes, touch: "end_yes" },
        { label: text.endNo, touch: "end_no" },
      ],
    };
  }
  if (show.attaching > 0) {
    return {
      kind: "paper",
      title: text.attaching(show.attaching),
      host: show.guest_host,
      hint: text.attachingStop,
      picture: show.attaching_picture,
    };
  }
  if (show.request_act !== "") {
    return {
      kind: "request",
      request: show.request,
      who: text.asks(show.agent),
      question: text.question(show.request_act),
      choices: [
        { label: text.yes, touch: "yes" },
        { label: text.no, touch: "no" },
      ],
      hints: [text.answerHow, text.noAnswer],
    };
  }
  if (show.scanning !== "") {
    const [title, detail] = text.scanning(show.scanning, show.agent);
    return { kind: "note", title, text: detail };
  }
  if (show.note !== "") return { kind: "note", title: show.note, text: "" };
  if (show.grants.length > 0) {
    return {
      kind: "leaves",
      title: text.mayNow(show.agent),
      items: show.grants.map((act) => text.leave(act)),
      hint: text.stopHint,
    };
  }
  const end = at(show.ends_at);
  return {
    kind: "note",
    title: text.until(show.reason, text.hour(end.hour, end.minute)),
    text: "",
  };
}

function notice(show: Show, now: number, text: StageText, at: At, common: Lasting): Notice {
  const { view } = show;
  if (view === "thanks") {
    const lead = text.thanks(show.citizen);
    const lines = [text.papers, show.note || text.wiped];
    return {
      ...common,
      scene: "notice",
      theme: "day",
      kind: view,
      title: lead,
      lead,
      lines,
      call: "",
    };
  }
  if (view === "apology") {
    const lead = show.tool ? text.toolApology(show.partner) : text.apology(show.agent);
    const lines = [show.note || nextLine(show, now, text, at)];
    return {
      ...common,
      scene: "notice",
      theme: "day",
      kind: view,
      title: lead,
      lead,
      lines,
      call: "",
    };
  }
  const lead = show.note || text.troubleTitle;
  return {
    ...common,
    scene: "notice",
    theme: "day",
    kind: "trouble",
    title: lead,
    lead,
    lines: [text.troubleStay],
    call: text.callThis,
  };
}

function nextLine(show: Show, now: number, text: StageText, at: At): string {
  if (show.next_at <= now) return text.apologyNext;
  const { hour, minute, date } = at(show.next_at);
  return text.nextAt(`${date}, ${text.hour(hour, minute)}`);
}
