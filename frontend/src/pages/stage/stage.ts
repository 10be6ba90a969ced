/** The kiosk's stage: joins the daemon's messages, the scene and the call. Decides nothing. */

import { sceneOf } from "../../core/stage_view.ts";
import { type FromStage, parseToStage, type Show, type Touch } from "../../core/wire/stage.ts";
import { openStageCall } from "./call.ts";
import { openHole } from "./hole.ts";
import { openPagePicture } from "./page_picture.ts";
import { watchPointer } from "./pointer.ts";
import { openScreen } from "./screen.ts";
import { openSpeaker } from "./speaker.ts";

declare global {
  /** The daemon's binding (`Runtime.addBinding`). */
  var cordeeSend: ((text: string) => void) | undefined;
  /** What the daemon calls with each message, as JSON text. */
  var cordee: { receive(text: string): void };
}

const send = (message: FromStage): void => globalThis.cordeeSend?.(JSON.stringify(message));
const touched = (what: Touch, request: number): void => send({ type: "touched", what, request });

const screen = openScreen(document.body, touched, send);
const hole = openHole(send);
watchPointer(document.documentElement);
const speaker = openSpeaker((id) => send({ type: "spoken", id }));
const call = openStageCall(screen, send);
const pagePicture = openPagePicture(call.showPage);

let show: Show | null = null;
let clockAhead = 0;
let timer = 0;

/** The corrected clock: the daemon's last word plus what has gone by since. */
const now = (): number => clockAhead + performance.now() / 1000;

function draw(): void {
  clearTimeout(timer);
  if (show === null) return;
  screen.draw(sceneOf(show, now()));
  hole.follow(screen.hole());
  timer = window.setTimeout(draw, 1000 - ((now() * 1000) % 1000) + 10);
}

globalThis.cordee = {
  receive(text) {
    const parsed = parseToStage(text);
    if (!parsed.ok) throw new Error(parsed.reason);
    const { message } = parsed;
    switch (message.type) {
      case "show":
        show = message;
        clockAhead = message.now - performance.now() / 1000;
        return draw();
      case "negotiate":
        return call.negotiate(message);
      case "signal_in":
        return call.signalIn(message.signal);
      case "open_camera":
        return call.openCamera();
      case "go_live":
        return call.goLive();
      case "hold":
        return call.hold();
      case "hang_up":
        return call.hangUp();
      case "speak":
        return speaker.speak(message.id, message.wav);
      case "send_control":
        return call.sendControl(message.text);
      case "send_mirror":
        return call.sendMirror(message.data);
      case "draw_picture":
        return pagePicture.draw(message.jpeg);
      case "end_picture":
        return pagePicture.end();
    }
  },
};

send({ type: "stage_ready" });
