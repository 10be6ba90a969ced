/** The agent's counter: connects the machine to the link, the call, the replay and the screen. */
import {
  ApiRefused,
  acknowledgePage,
  fetchPage,
  fetchPages,
  noteOutcome,
} from "../../browser/api.ts";
import { openCalls } from "../../browser/call.ts";
import { untilCertified } from "../../browser/certified.ts";
import { watchFirstFrame } from "../../browser/frames.ts";
import { KeysUnsupported } from "../../browser/keys.ts";
import { openLink } from "../../browser/link.ts";
import { CameraUnavailable, closeStream, openCamera } from "../../browser/media.ts";
import { makeMirrorPanel } from "../../browser/mirror_panel.ts";
import { makePapersPanel } from "../../browser/papers_panel.ts";
import { makePicturePanel } from "../../browser/picture_panel.ts";
import { DOCUMENT_TYPE, openSealed, pictureType, SealUnopened } from "../../browser/seal.ts";
import { attachable } from "../../core/attaching.ts";
import { startClock, told } from "../../core/clock.ts";
import { deadline, listed, step } from "../../core/counter.ts";
import {
  type Counter,
  type CounterEffect,
  type CounterEvent,
  startCounter,
} from "../../core/counter_state.ts";
import { viewOf } from "../../core/counter_view.ts";
import { isGiven } from "../../core/grants.ts";
import { NOTHING_SAID, sayLine } from "../../core/line_word.ts";
import { otherWay } from "../../core/shown_page.ts";
import { strokesOf } from "../../core/strokes.ts";
import { focusOf } from "../../core/verbs.ts";
import { wentWell } from "../../core/wire/control.ts";
import { wordsOf } from "../../core/words.ts";
import { listenToFunctionKeys } from "./function_keys.ts";
import { makeScreen } from "./screen.ts";

const LINE_EVERY_MS = 2_000;
const CLOCK_FIRST = 5;
const CLOCK_EVERY_MS = 60_000;
const DEFAULT_ZONE = "Europe/Paris";

function open(host: HTMLElement): void {
  const visit = host.dataset.visit ?? "";
  const page = document.body.dataset;
  const words = wordsOf(document.documentElement.lang);
  const instance = newInstance();
  const marks = document.documentElement.dataset;
  const hoursOf = new Intl.DateTimeFormat("fr-FR", {
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
    timeZone: page.zone ?? DEFAULT_ZONE,
  });

  let state: Counter = startCounter;
  let clock = startClock;
  let line = NOTHING_SAID;
  let cameraTrouble = "";
  let tickTimer = 0;
  let isDrawn = true;
  let stopWatching: () => void = () => undefined;

  const ownNow = (): number => Date.now() / 1000;
  const now = (): number => ownNow() + clock.offsetS;

  const dispatch = (event: CounterEvent): void => {
    const before = state.verbs;
    const [next, effects] = step(state, event, now());
    state = next;
    if (state.verbs !== before) mirror.expect(strokesOf(state.verbs));
    for (const effect of effects) run(effect);
    window.clearTimeout(tickTimer);
    const due = deadline(state);
    if (due !== null) {
      tickTimer = window.setTimeout(() => dispatch({ kind: "tick" }), (due - now()) * 1000);
    }
    if (isDrawn) {
      isDrawn = false;
      queueMicrotask(draw);
    }
  };

  const mirror = makeMirrorPanel(page.mirrorUrl ?? "/miroir/", words, {
    hasHand: () => isGiven(state.grants, "control"),
    focus: () => focusOf(state.verbs),
    isScrolling: (node) =>
      state.verbs.sent.some((verb) => verb.type === "scroll" && verb.node === node),
    onVerb: (verb, focus) => dispatch({ kind: "verb", verb, focus }),
    onText: (text) => dispatch({ kind: "typed", text }),
    onSpace: () => dispatch({ kind: "space" }),
    onFocus: (focus) => dispatch({ kind: "focus", focus }),
    armed: () => (state.armed.length > 0 ? state.armed : null),
    attachable: () => attachable(state),
    onAttach: (node, pages) => dispatch({ kind: "attach", node, pages }),
    onDone: (id) => dispatch({ kind: "said", message: wentWell(id) }),
    onMissed: () => dispatch({ kind: "hand_missed" }),
    onLost: () => dispatch({ kind: "mirror_lost" }),
    onUnfaithful: () => dispatch({ kind: "show_as", way: "picture", why: "unfaithful" }),
  });
  const picture = makePicturePanel(words, {
    hasHand: () => isGiven(state.grants, "control"),
    onVerb: (verb, focus) => dispatch({ kind: "verb", verb, focus }),
    onText: (text) => dispatch({ kind: "typed", text }),
    onMissed: () => dispatch({ kind: "hand_missed" }),
  });
  const showOther = (): void =>
    dispatch({ kind: "show_as", way: otherWay(state.page), why: "asked" });
  const papers = makePapersPanel(
    words,
    ({ page: name, sizeBytes, sha256 }) =>
      dispatch({
        kind: "papers",
        event: {
          kind: "arrived",
          page: { type: "page_arrived", page: name, size_bytes: sizeBytes, sha256 },
        },
      }),
    (name) => dispatch({ kind: "arm", page: name }),
  );
  const screen = makeScreen({
    words,
    homeUrl: page.homeUrl ?? "/guichet/",
    keysUrl: page.keysUrl ?? "/guichet/cles/",
    mirror,
    picture,
    showOther,
    papers,
    dispatch,
  });
  host.replaceChildren(screen.root);

  const draw = (): void => {
    isDrawn = true;
    marks.call = state.call;
    const clockOf = (at: number) => {
      const parts = hoursOf.formatToParts(new Date(at * 1000));
      const number = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
      return { h: number("hour"), m: number("minute") };
    };
    screen.render(
      viewOf(state, { words, now: now(), line: line.kind, cameraTrouble, clockOf }),
      state,
    );
  };

  const certified = untilCertified(
    ({ keys }) => dispatch({ kind: "keys_awaited", isElsewhere: keys === null }),
    () => state.call === "ended",
  ).catch((error: unknown) => {
    if (!(error instanceof KeysUnsupported)) throw error;
    dispatch({ kind: "keys_unsupported" });
    return null;
  });
  void certified.then((ready) => {
    if (ready !== null) dispatch({ kind: "keys_found" });
  });

  const camera: Promise<MediaStream | null> = openCamera()
    .catch(async (error: unknown) => {
      // A voice alone is worth a call.
      if (error instanceof CameraUnavailable && error.reason === "missing") {
        return openCamera({ video: false });
      }
      throw error;
    })
    .then((stream) => {
      screen.own.srcObject = stream;
      return stream;
    })
    .catch((error: unknown) => {
      const reason = error instanceof CameraUnavailable ? error.reason : "missing";
      cameraTrouble = words.refused[`camera_${reason}`];
      draw();
      return null;
    });

  const showRemote = (stream: MediaStream): void => {
    const { remote, sound } = screen;
    if (remote.srcObject === stream) return;
    stopWatching();
    remote.srcObject = stream;
    stopWatching = watchFirstFrame(remote, (at, colour) => {
      marks.firstFrameAt = String(at + clock.offsetS);
      marks.firstFrameColour = colour.map(Math.round).join(",");
    });
    // Without a gesture the browser may refuse sound: the picture comes, and a button asks.
    remote.play().catch((error: unknown) => {
      const isHeld = error instanceof DOMException && error.name === "NotAllowedError";
      if (!isHeld || remote.srcObject !== stream) return;
      remote.muted = true;
      sound.hidden = false;
      remote.play().catch(() => undefined);
    });
    sound.onclick = () => {
      remote.muted = false;
      sound.hidden = true;
    };
  };

  const calls = openCalls(
    { instance, seat: () => state.seat, certified },
    {
      onOpened() {
        delete marks.firstFrameAt;
        delete marks.firstFrameColour;
        dispatch({ kind: "call_opened" });
      },
      onRefused: (why) => dispatch({ kind: "call_refused", why }),
      onState: (connection, control) => dispatch({ kind: "call_state", connection, control }),
      onSaid: (message) => dispatch({ kind: "said", message }),
      onMirror: (data) => mirror.push(data),
      onBulk: (data) => mirror.pushBulk(data),
      onStream: showRemote,
      onPage: picture.take,
      onCode: (code) => screen.showCode(code),
      relay: (relayed) => link.send(relayed),
    },
  );

  const address = new URL(page.socketPath ?? `/ws/counter/${visit}/`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("instance", instance);
  const askTime = (): void => link.send({ type: "time_asked", sent: ownNow() });
  const link = openLink(address.href, {
    onOpen() {
      dispatch({ kind: "link_open" });
      for (let asked = 0; asked < CLOCK_FIRST; asked += 1) askTime();
    },
    onLost: () => dispatch({ kind: "link_lost" }),
    onMessage: (message) => dispatch({ kind: "told", message }),
  });
  window.setInterval(askTime, CLOCK_EVERY_MS);

  const openPage = async (name: string, sha256: string): Promise<void> => {
    const failed = (trouble: string): void =>
      dispatch({ kind: "papers", event: { kind: "open_failed", page: name, trouble } });
    try {
      const ready = await certified;
      if (ready === null) return failed("no_keys");
      const picture = await openSealed(await fetchPage(name), sha256, ready.keys);
      const type = pictureType(picture);
      if (type === null) return failed("damaged");
      papers.opened(name, new Blob([picture], { type }));
      const isDocument = type === DOCUMENT_TYPE;
      dispatch({ kind: "papers", event: { kind: "opened", page: name, isDocument } });
    } catch (error) {
      if (error instanceof SealUnopened) return failed(error.reason);
      if (error instanceof ApiRefused) return failed("unreachable");
      failed("damaged");
    }
  };

  const acknowledge = async (name: string): Promise<void> => {
    try {
      await acknowledgePage(name);
      dispatch({ kind: "papers", event: { kind: "acknowledged", page: name } });
    } catch (error) {
      if (!(error instanceof ApiRefused)) throw error;
    }
  };

  const run = (effect: CounterEffect): void => {
    switch (effect.kind) {
      case "send":
        calls.send(effect.message);
        break;
      case "signal":
        calls.receive(effect.relayed);
        break;
      case "go_live":
        void camera.then((stream) => (stream === null ? undefined : calls.goLive(stream)));
        break;
      case "clear_mirror":
        mirror.clear();
        break;
      case "answered":
        mirror.settle();
        break;
      case "told_time":
        clock = told(clock, effect.sent, effect.now, ownNow());
        break;
      case "list_pages":
        fetchPages(visit).then(
          (pages) => dispatch(listed(pages)),
          () => undefined,
        );
        break;
      case "open_page":
        void openPage(effect.page, effect.sha256);
        break;
      case "acknowledge":
        void acknowledge(effect.page);
        break;
      case "close_call":
        calls.close();
        if (state.call === "ended") {
          void camera.then(closeStream);
        }
        break;
      case "set_tracks":
        void camera.then((stream) => {
          for (const track of stream?.getAudioTracks() ?? []) track.enabled = effect.mic;
          for (const track of stream?.getVideoTracks() ?? []) track.enabled = effect.camera;
        });
        break;
      case "note_outcome":
        noteOutcome(visit, effect.outcome).then(
          () => dispatch({ kind: "outcome_noted" }),
          () => dispatch({ kind: "outcome_failed" }),
        );
        break;
    }
  };

  listenToFunctionKeys({
    help: screen.toggleHelp,
    giveBack: () => dispatch({ kind: "give_back", act: "control" }),
    mute: () => dispatch({ kind: "mute" }),
    scan: () => dispatch({ kind: "scan" }),
    picture: showOther,
    zones: () => screen.zones,
  });
  window.setInterval(() => {
    void calls.line().then((measured) => {
      line = sayLine(line, measured);
      draw();
    });
  }, LINE_EVERY_MS);
  draw();
}

/** 128 random bits in hex; `crypto.randomUUID` is missing where the address is not https. */
function newInstance(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const host = document.getElementById("counter");
if (host !== null) open(host);
