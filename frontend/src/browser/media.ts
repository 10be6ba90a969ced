/** Camera and microphone, and what a picture shows. */

import { type Glance, glance } from "../core/colour.ts";

export type CameraReason = "refused" | "missing" | "busy";

/** No camera or microphone: the person can allow it, plug it in, or close what holds it. */
export class CameraUnavailable extends Error {
  readonly reason: CameraReason;

  constructor(reason: CameraReason, cause: unknown) {
    super(`camera ${reason}`, { cause });
    this.name = "CameraUnavailable";
    this.reason = reason;
  }
}

export interface CameraWish {
  /** Without picture, for a box whose camera is missing: the voice alone is worth a call. */
  readonly video?: boolean;
}

const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 24, max: 30 },
};

/** Opens camera and microphone. Throws CameraUnavailable. */
export async function openCamera(wish: CameraWish = {}): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: AUDIO,
      video: wish.video === false ? false : VIDEO,
    });
  } catch (error) {
    throw new CameraUnavailable(reasonOf(error), error);
  }
}

export function closeStream(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Mean colour and darkness of what the video shows now; null while it shows nothing. */
export function glanceAt(video: HTMLVideoElement): Glance | null {
  if (video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
  const canvas = new OffscreenCanvas(16, 16);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(video, 0, 0, 16, 16);
  return glance(context.getImageData(0, 0, 16, 16).data);
}

/** Mean colour `[r, g, b]` of what the video shows now; null while it shows nothing. */
export function meanColour(video: HTMLVideoElement): [number, number, number] | null {
  return glanceAt(video)?.colour ?? null;
}

function reasonOf(error: unknown): CameraReason {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "missing";
}
