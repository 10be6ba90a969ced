/** The people: their picture, ours, the line between, the code that both screens show. */
import { element, type IconName, icon, lightShape, rope } from "../../browser/elements.ts";
import { text, write, type Zone, type ZoneParts } from "./zones.ts";

export interface People extends Zone {
  readonly remote: HTMLVideoElement;
  readonly own: HTMLVideoElement;
  readonly sound: HTMLButtonElement;
  showCode(code: string): void;
}

export function makePeople({ words, dispatch }: ZoneParts): People {
  const remote = element("video", {
    class: "theirs",
    autoplay: true,
    playsinline: true,
    id: "remote",
  });
  const own = element("video", {
    class: "mine",
    autoplay: true,
    playsinline: true,
    muted: true,
    "aria-label": words.yourPicture,
    id: "own",
  });
  own.muted = true;
  const name = text("b", "video-name");
  const sound = element(
    "button",
    { type: "button", class: "button video-sound", hidden: true },
    words.hearSound,
  );
  const mic = switchButton("mic", words.mic, () => dispatch({ kind: "mute" }));
  const camera = switchButton("camera", words.camera, () => dispatch({ kind: "hide" }));
  const switches = element("div", { class: "switches" }, mic, camera);
  const theirName = text("span");
  const light = element("span", { class: "light rest", id: "line" });
  const lineNote = text("p", "small quiet");
  const phone = text("p", "small quiet");
  const codeDigits = text("strong", "code");
  const codeNote = element("span", { class: "quiet" }, words.sameCode);
  const code = element(
    "p",
    { class: "small", id: "code", hidden: true },
    `${words.commonCode} `,
    codeDigits,
    " ",
    codeNote,
  );
  const pictures = element("div", { class: "video" }, remote, name, own, sound);
  const root = element(
    "aside",
    { class: "zone people", "aria-label": words.people, tabindex: -1 },
    pictures,
    element("p", { class: "tied" }, words.you, rope(), theirName),
    switches,
    element("div", { class: "line-q", role: "status" }, light, lineNote),
    code,
    phone,
    element(
      "p",
      { class: "small quiet zone-keys" },
      element("kbd", {}, "F6"),
      ` ${words.nextZone} · `,
      element("kbd", {}, "F7"),
      ` ${words.mic.toLowerCase()}`,
    ),
  );

  let hasCode = false;
  return {
    root,
    remote,
    own,
    sound,
    showCode(digits) {
      hasCode = true;
      codeDigits.textContent = `${digits.slice(0, 2)}\u00a0${digits.slice(2)}`;
    },
    render(view, state) {
      switches.hidden = view.isOver;
      pictures.hidden = view.isOver;
      code.hidden = !hasCode || view.isOver;
      write(name, view.who);
      name.hidden = view.who === "";
      remote.setAttribute("aria-label", words.pictureOf(view.who, state.seat?.site ?? ""));
      write(theirName, view.who);
      root.dataset.line = view.line.tone;
      drawLight(light, view.line.tone, view.line.label);
      write(lineNote, view.line.note);
      write(phone, state.seat?.phone && !view.isOver ? words.phone(state.seat.phone) : "");
      press(mic, !state.isMuted, state.isMuted ? words.micOff : words.micOn);
      press(camera, !state.isHidden, state.isHidden ? words.cameraOff : words.cameraOn);
    },
  };
}

function switchButton(shape: IconName, label: string, onClick: () => void): HTMLButtonElement {
  return element(
    "button",
    { type: "button", class: "button second", "data-do": shape, onclick: onClick },
    icon(shape),
    label,
  );
}

function press(button: HTMLButtonElement, isOn: boolean, title: string): void {
  button.setAttribute("aria-pressed", String(isOn));
  button.title = title;
}

function drawLight(light: HTMLElement, tone: string, label: string): void {
  const key = `${tone} ${label}`;
  if (light.dataset.key === key) return;
  light.dataset.key = key;
  light.className = `light ${tone}`;
  light.replaceChildren(lightShape(tone), label);
}
