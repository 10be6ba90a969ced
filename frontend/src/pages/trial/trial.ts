/** The agent's computer, tried before the first call: microphone, camera and every flow. */
import { element, lightShape } from "../../browser/elements.ts";
import { tryRelay, trySocket } from "../../browser/flow_trial.ts";
import { playTone, watchLevel } from "../../browser/level.ts";
import { CameraUnavailable, closeStream, openCamera } from "../../browser/media.ts";
import { type Flow, isWay, judge, type Result, type Verdict } from "../../core/trial.ts";
import { wordsOf } from "../../core/words.ts";

const HEARD_FROM = 0.05;
const NO_VISIT = "0".repeat(32);
const TONES: Record<Result, string> = { trying: "rest", ok: "ok", bad: "bad" };
const NOTICES: Record<Verdict, string> = {
  trying: "",
  ready: "ok",
  direct: "ok",
  narrow: "warn",
  walled: "bad",
  cut: "bad",
  deaf: "warn",
};

const words = wordsOf(document.documentElement.lang);
const marks = document.documentElement.dataset;

interface Row extends Flow {
  readonly number: string;
  readonly shown: HTMLElement;
}

function light(tone: string, what: string): HTMLElement {
  return element("span", { class: `light ${tone}` }, lightShape(tone), what);
}

function rowsOf(page: HTMLElement): Row[] {
  return [...page.querySelectorAll<HTMLElement>("[data-try]")].flatMap((item) => {
    const { try: number = "", way = "", flow: label = "" } = item.dataset;
    const shown = item.querySelector<HTMLElement>("[data-state]");
    return shown === null || !isWay(way) ? [] : [{ number, way, label, shown, result: "trying" }];
  });
}

function open(page: HTMLElement): void {
  const devices = page.querySelector<HTMLElement>("#devices");
  const verdict = page.querySelector<HTMLElement>("#verdict");
  const again = page.querySelector<HTMLButtonElement>("#again");
  if (devices === null || verdict === null || again === null) return;
  const servers = JSON.parse(page.dataset.servers ?? "{}") as Record<string, RTCIceServer>;
  let rows = rowsOf(page);
  let camera: Result = "trying";
  let stream: MediaStream | null = null;
  let stopWatching: () => void = () => undefined;

  const draw = (): void => {
    for (const { shown, result } of rows) {
      shown.replaceChildren(light(TONES[result], words.trial.state[result]));
    }
    const { verdict: found, wanted } = judge({ camera, flows: rows });
    const [title = "", hint = ""] = words.trial.verdict[found];
    verdict.className = `notice ${NOTICES[found]}`;
    verdict.replaceChildren(
      element(
        "div",
        {},
        element("p", {}, element("b", {}, title)),
        element("p", {}, hint),
        wanted.length === 0 ? null : element("p", {}, words.trial.ask),
        wanted.length === 0
          ? null
          : element(
              "ul",
              { class: "plain-list" },
              ...wanted.map((each) => element("li", { dir: "ltr" }, each)),
            ),
      ),
    );
    marks.trial = found;
    again.disabled = found === "trying";
  };

  const settle = (number: string, is: boolean): void => {
    rows = rows.map((row) => (row.number === number ? { ...row, result: is ? "ok" : "bad" } : row));
    draw();
  };

  const tryFlow = async ({ number, way }: Row): Promise<void> => {
    const server = servers[number];
    if (way === "web") settle(number, await trySocket(socketAddress()));
    else settle(number, server !== undefined && (await tryRelay(server)));
  };

  const tryDevices = async (): Promise<void> => {
    stopWatching();
    closeStream(stream);
    try {
      stream = await openCamera();
      stopWatching = showDevices(devices, stream);
      camera = "ok";
    } catch (error) {
      const reason = error instanceof CameraUnavailable ? error.reason : "missing";
      devices.replaceChildren(element("p", {}, light("bad", words.refused[`camera_${reason}`])));
      camera = "bad";
    }
    draw();
  };

  const start = (): void => {
    camera = "trying";
    rows = rows.map((row) => ({ ...row, result: "trying" as const }));
    draw();
    void tryDevices();
    for (const row of rows) void tryFlow(row);
  };
  again.addEventListener("click", start);
  start();
}

/** Shows picture and voice; returns what ends it. */
function showDevices(host: HTMLElement, stream: MediaStream): () => void {
  const video = element("video", { class: "ready-video", autoplay: true, playsinline: true });
  video.muted = true;
  video.srcObject = stream;
  video.setAttribute("aria-label", words.yourPicture);
  const level = element("meter", {
    class: "ready-level",
    min: 0,
    max: 1,
    high: 0.9,
    "aria-label": words.ready.voice,
  });
  const said = element("p", { class: "small", role: "status" }, words.trial.speak);
  const tone = element(
    "button",
    { type: "button", class: "button second", onclick: playTone },
    words.ready.tone,
  );
  host.replaceChildren(
    element(
      "div",
      { class: "ready-list" },
      video,
      element("div", {}, said, level),
      element("div", {}, tone, element("p", { class: "small quiet" }, words.ready.toneHint)),
    ),
  );
  return watchLevel(stream, (value) => {
    level.value = value;
    if (value < HEARD_FROM || marks.heard === "yes") return;
    marks.heard = "yes";
    said.replaceChildren(light("ok", words.trial.heard));
  });
}

/** A socket of the counter: at no visit it answers that this is not ours, and that is an answer. */
function socketAddress(): string {
  const address = new URL(`/ws/counter/${NO_VISIT}/?instance=${NO_VISIT}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

const page = document.querySelector<HTMLElement>("[data-page='trial']");
if (page !== null) open(page);
