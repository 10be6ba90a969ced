/** The kiosk's end of the call: camera, peer connection, and the first frame of the other face. */

import { watchFirstFrame } from "../../browser/frames.ts";
import { CameraUnavailable, closeStream, glanceAt, openCamera } from "../../browser/media.ts";
import { openPeer, type Peer } from "../../browser/peer.ts";
import { type CallEvent, NEW_CALL, stepCall } from "../../core/call.ts";
import { parseSignal } from "../../core/wire/signal.ts";
import type { FromStage, Negotiate } from "../../core/wire/stage.ts";
import { bytesOf } from "./bytes.ts";

const MEASURE_MS = 2_000;
/** How long a camera that shows black is given before its colour is told as it is. */
const DARK_MS = 1_500;

export interface Faces {
  readonly face: HTMLVideoElement;
  readonly self: HTMLVideoElement;
  /** Whether the other face is to be seen. */
  showFace(isSeen: boolean): void;
}

export interface StageCall {
  negotiate(asked: Negotiate): void;
  signalIn(text: string): void;
  openCamera(): void;
  goLive(): void;
  hold(): void;
  hangUp(): void;
  sendControl(text: string): void;
  sendMirror(base64: string): void;
}

export function openStageCall(faces: Faces, send: (message: FromStage) => void): StageCall {
  let peer: Peer | null = null;
  /** Names the connection in what is told of it. */
  let instance = "";
  let line = NEW_CALL;
  let lineTimer = 0;
  let measureTimer = 0;
  let camera: Promise<MediaStream | null> | null = null;
  let isLive = false;
  /** Settled once our own tracks are attached: their news comes before that of the other face. */
  let attached: Promise<void> = Promise.resolve();
  let endWatch = () => {};

  const stepLine = (event: CallEvent) => {
    clearTimeout(lineTimer);
    const now = performance.now() / 1000;
    const [next, effects] = stepCall(line, event, now);
    line = next;
    for (const effect of effects) if (effect.type === "restart_ice") peer?.restartIce();
    if (line.deadline === null) return;
    lineTimer = window.setTimeout(() => stepLine({ type: "ticked" }), (line.deadline - now) * 1000);
  };

  const closePeer = () => {
    clearTimeout(lineTimer);
    clearInterval(measureTimer);
    endWatch();
    peer?.close();
    peer = null;
    line = NEW_CALL;
    faces.face.srcObject = null;
    faces.showFace(false);
  };

  /** What arrives of the other end is heard and seen while live, and only then. */
  const letThrough = () => {
    const arriving = faces.face.srcObject;
    if (!(arriving instanceof MediaStream)) return;
    for (const track of arriving.getTracks()) track.enabled = isLive;
  };

  const watchFace = () => {
    endWatch();
    endWatch = watchFirstFrame(faces.face, (at, colour) => {
      const seenBy = peer;
      faces.showFace(true);
      void attached.then(() => {
        if (peer === seenBy && isLive) send({ type: "face_decoded", at, colour });
      });
    });
  };

  /** A picture that comes before it was asked for is told too: the daemon refuses and logs it. */
  const watchUnasked = (from: Peer) => {
    endWatch();
    const { face } = faces;
    let handle = 0;
    const look = () => {
      // Chromium draws a black frame of its own before any has come.
      if (!from.getsPicture()) {
        handle = face.requestVideoFrameCallback(look);
        return;
      }
      const colour = glanceAt(face)?.colour ?? [];
      send({ type: "face_decoded", at: Date.now() / 1000, colour });
    };
    handle = face.requestVideoFrameCallback(look);
    endWatch = () => face.cancelVideoFrameCallback(handle);
  };

  const attach = async (to: Peer) => {
    camera ??= startCamera();
    const stream = await camera;
    if (peer !== to || !isLive) return;
    await to.goLive(stream ?? new MediaStream());
    if (peer === to && isLive) send({ type: "went_live" });
  };

  const startCamera = async (): Promise<MediaStream | null> => {
    try {
      const stream = await openCamera();
      faces.self.srcObject = stream;
      tellColour(stream);
      return stream;
    } catch (error) {
      if (!(error instanceof CameraUnavailable)) throw error;
      send({ type: "camera_state", state: error.reason, colour: [] });
      return error.reason === "refused" ? null : await voiceAlone();
    }
  };

  const tellColour = (stream: MediaStream) => {
    let isTold = false;
    const tell = (colour: readonly number[]) => {
      if (isTold || faces.self.srcObject !== stream) return;
      isTold = true;
      send({ type: "camera_state", state: "opened", colour: [...colour] });
    };
    const end = watchFirstFrame(faces.self, (_at, colour) => tell(colour));
    setTimeout(() => {
      end();
      tell(glanceAt(faces.self)?.colour ?? []);
    }, DARK_MS);
  };

  const measure = async () => {
    const measured = peer;
    if (measured === null || line.connection !== "connected") return;
    const { upBps, rttMs, lost, roomBps, picture, mirrorWaits } = await measured.line();
    if (peer !== measured) return;
    const told = { up_bps: upBps, rtt_ms: rttMs, lost, room_bps: roomBps, picture };
    send({ type: "line_measured", ...told, mirror_waits: mirrorWaits });
  };

  const tellState = (connection: string, control: string) =>
    send({ type: "call_state", connection, control, instance });
  const failed = (of: Peer) => {
    if (peer === of) tellState("failed", "closed");
  };

  return {
    negotiate({ instance: asked, ice_servers, relay_only }) {
      const wasWaiting = isLive && peer === null;
      closePeer();
      instance = asked;
      isLive = wasWaiting;
      const made: Peer = openPeer({
        role: "kiosk",
        iceServers: ice_servers.map(({ urls, username, credential }) => ({
          urls,
          ...(username == null ? {} : { username }),
          ...(credential == null ? {} : { credential }),
        })),
        relayOnly: relay_only,
        onSignal: (signal) => {
          if (peer === made) send({ type: "signal_out", signal: JSON.stringify(signal) });
        },
        onState: (connection, control) => {
          if (peer !== made) return;
          if (connection !== line.connection) stepLine({ type: "connection_changed", connection });
          tellState(connection, control);
        },
        onControl: (text) => {
          if (peer === made) send({ type: "control_arrived", text });
        },
        onMirrorHeard: (epoch, bytes) => {
          if (peer === made) send({ type: "mirror_heard", epoch, bytes });
        },
        onTrack: (stream) => {
          if (peer !== made) return;
          if (faces.face.srcObject !== stream) faces.face.srcObject = stream;
          letThrough();
        },
      });
      peer = made;
      measureTimer = window.setInterval(() => void measure(), MEASURE_MS);
      made.offer().catch(() => failed(made));
      if (isLive) {
        watchFace();
        attached = attach(made);
      } else {
        watchUnasked(made);
      }
    },
    signalIn(text) {
      const parsed = parseSignal(text);
      if (!parsed.ok) throw new Error(parsed.reason);
      const { message } = parsed;
      const receiver = peer;
      receiver?.receive(message).catch(() => {
        // A candidate the browser does not want is one way less; a description is the call.
        if (message.type === "description" && receiver !== null) failed(receiver);
      });
    },
    openCamera() {
      camera ??= startCamera();
    },
    goLive() {
      isLive = true;
      letThrough();
      watchFace();
      if (peer !== null) attached = attach(peer);
      else camera ??= startCamera();
    },
    hold() {
      isLive = false;
      letThrough();
      endWatch();
      faces.showFace(false);
      void peer?.hold();
    },
    hangUp() {
      isLive = false;
      closePeer();
      faces.self.srcObject = null;
      void camera?.then(closeStream);
      camera = null;
    },
    sendControl: (text) => peer?.sendControl(text),
    sendMirror: (base64) => peer?.sendMirror(bytesOf(base64)),
  };
}

/** A box whose camera is missing or held still has a voice. */
async function voiceAlone(): Promise<MediaStream | null> {
  try {
    return await openCamera({ video: false });
  } catch (error) {
    if (error instanceof CameraUnavailable) return null;
    throw error;
  }
}
