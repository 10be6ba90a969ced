/** The first frame that shows something (WICG video-rvfc). */

import { glanceAt } from "./media.ts";

/**
 * Calls `onFrame` once, at the first decoded frame of `video` that is not black: `at` in Unix
 * seconds of this machine, `colour` its mean. Returns what ends the watch.
 */
export function watchFirstFrame(
  video: HTMLVideoElement,
  onFrame: (at: number, colour: [number, number, number]) => void,
): () => void {
  let handle = 0;
  let isOver = false;
  const look = () => {
    if (isOver) return;
    const at = Date.now() / 1000;
    const seen = glanceAt(video);
    if (seen === null || seen.isDark) {
      handle = video.requestVideoFrameCallback(look);
      return;
    }
    isOver = true;
    onFrame(at, seen.colour);
  };
  handle = video.requestVideoFrameCallback(look);
  return () => {
    isOver = true;
    video.cancelVideoFrameCallback(handle);
  };
}
