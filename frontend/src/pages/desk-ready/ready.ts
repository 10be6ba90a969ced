/**
 * The agent's home: camera and microphone are asked for here, keys are made here, and the counter
 * opens by itself five minutes before the next appointment.
 */
import { untilCertified } from "../../browser/certified.ts";
import { element, lightShape } from "../../browser/elements.ts";
import { KeysUnsupported } from "../../browser/keys.ts";
import { playTone, watchLevel } from "../../browser/level.ts";
import { CameraUnavailable, openCamera } from "../../browser/media.ts";
import { numberOf, opensInS } from "../../core/moving.ts";
import { type Words, wordsOf } from "../../core/words.ts";

const LOOK_EVERY_MS = 1_000;

function showReady(host: HTMLElement, words: Words): void {
  const video = element("video", {
    class: "ready-video",
    autoplay: true,
    playsinline: true,
    hidden: true,
  });
  video.muted = true;
  video.setAttribute("aria-label", words.yourPicture);
  const light = element("p", { class: "light rest", role: "status" });
  const level = element("meter", {
    class: "ready-level",
    min: 0,
    max: 1,
    high: 0.9,
    "aria-label": words.ready.voice,
  });
  const levelRow = element(
    "div",
    { hidden: true },
    element("p", { class: "small" }, words.ready.voice),
    level,
  );
  const say = (tone: string, what: string): void => {
    light.className = `light ${tone}`;
    light.replaceChildren(lightShape(tone), what);
    document.documentElement.dataset.ready = tone;
  };
  const again = element(
    "button",
    { type: "button", class: "button second", hidden: true },
    words.ready.ask,
  );
  const open = async (): Promise<void> => {
    say("rest", words.ready.asking);
    again.hidden = true;
    try {
      const stream = await openCamera();
      video.srcObject = stream;
      video.hidden = false;
      levelRow.hidden = false;
      watchLevel(stream, (value) => {
        level.value = value;
      });
      say("ok", words.ready.ok);
    } catch (error) {
      const reason = error instanceof CameraUnavailable ? error.reason : "missing";
      say("bad", words.refused[`camera_${reason}`]);
      again.hidden = false;
    }
  };
  again.addEventListener("click", () => void open());
  const tone = element(
    "button",
    { type: "button", class: "button second", "data-do": "tone", onclick: playTone },
    words.ready.tone,
  );
  host.replaceChildren(
    element(
      "div",
      { class: "ready-list" },
      video,
      light,
      levelRow,
      again,
      element("div", {}, tone, element("p", { class: "small quiet" }, words.ready.toneHint)),
    ),
  );
  void open();
}

/** Opens the counter at its time, from the server's clock as the page was made. */
function openCounterAtItsTime(page: DOMStringMap): void {
  const startsAt = numberOf(page.startsAt);
  const served = numberOf(page.now);
  const address = page.counterUrl ?? "";
  if (startsAt === null || served === null || address === "") return;
  const from = performance.now();
  const look = (): void => {
    const left = opensInS(startsAt, served + (performance.now() - from) / 1000);
    if (left === null || left > 0) return;
    window.clearInterval(timer);
    location.assign(address);
  };
  const timer = window.setInterval(look, LOOK_EVERY_MS);
  look();
}

/** The server knows of keys, not of this browser: that they are in another, or cannot be here. */
function sayOfKeys(tone: string, label: string, hint: string): void {
  document
    .getElementById("keys-here")
    ?.replaceChildren(
      element("p", { class: `light ${tone}` }, lightShape(tone), label),
      element("p", { class: "small quiet" }, hint),
    );
}

const page = document.querySelector<HTMLElement>("[data-page='ready']");
const host = document.getElementById("ready");
const words = wordsOf(document.documentElement.lang);
if (host !== null) showReady(host, words);
if (page !== null) openCounterAtItsTime(page.dataset);
// Keys are made on first use; the page that shows them says what is missing.
const shown = document.documentElement.dataset;
untilCertified(
  ({ keys, state }) => {
    shown.keys = keys === null ? "elsewhere" : state.state;
    if (keys === null) sayOfKeys("warn", words.keysPage.none, words.keysPage.elsewhere);
  },
  () => false,
).then(
  () => {
    shown.keys = "certified";
  },
  (error: unknown) => {
    if (!(error instanceof KeysUnsupported)) throw error;
    shown.keys = "unsupported";
    sayOfKeys("bad", words.keysPage.unsupported, words.refused.keys_unsupported);
  },
);
