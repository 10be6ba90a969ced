/**
 * The picture of the guest's page on its way to the agent: what the daemon lets through is drawn,
 * and the drawing is a video track. Nothing of it is seen on the stage.
 */

import { bytesOf } from "./bytes.ts";

/** The last picture is sent again: the encoder makes it sharper, and one that was lost comes. */
const AGAIN_MS = 500;

export interface PagePicture {
  /** Draws a JPEG (base64); empty: black. In the order of the calls, the newest at last. */
  draw(jpeg: string): void;
  end(): void;
}

/** `attach` is given the track once there is a picture, null when there is none any more. */
export function openPagePicture(attach: (track: MediaStreamTrack | null) => void): PagePicture {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { alpha: false });
  let track: CanvasCaptureMediaStreamTrack | null = null;
  /** Counts covers and ends: a picture of before is not drawn after. */
  let row = 0;
  let isReading = false;
  /** The newest picture while another is read. */
  let waiting = "";
  let timer = 0;

  const send = (): void => {
    if (track === null) {
      const made = canvas.captureStream(0).getVideoTracks()[0];
      track = made as CanvasCaptureMediaStreamTrack;
      track.contentHint = "detail";
      attach(track);
      timer = window.setInterval(sendAgain, AGAIN_MS);
    }
    track.requestFrame();
  };

  /** A canvas gives a frame only where something was drawn on it. */
  const sendAgain = (): void => {
    pen?.drawImage(canvas, 0, 0);
    track?.requestFrame();
  };

  const cover = (): void => {
    if (pen === null) return;
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    send();
  };

  const show = async (jpeg: string): Promise<void> => {
    const mine = row;
    const picture = await createImageBitmap(new Blob([bytesOf(jpeg)], { type: "image/jpeg" }));
    if (mine === row && pen !== null) {
      const { width, height } = picture;
      if (canvas.width !== width) canvas.width = width;
      if (canvas.height !== height) canvas.height = height;
      pen.drawImage(picture, 0, 0);
      send();
    }
    picture.close();
  };

  const showNewest = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    while (waiting !== "") {
      const newest = waiting;
      waiting = "";
      await show(newest).catch(() => undefined);
    }
    isReading = false;
  };

  const begin = (): void => {
    row += 1;
    waiting = "";
  };

  return {
    draw(jpeg) {
      if (jpeg === "") {
        begin();
        cover();
        return;
      }
      waiting = jpeg;
      void showNewest();
    },
    end() {
      begin();
      window.clearInterval(timer);
      if (track === null) return;
      attach(null);
      track.stop();
      track = null;
      pen?.clearRect(0, 0, canvas.width, canvas.height);
    },
  };
}
