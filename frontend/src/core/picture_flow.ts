/** Whether pictures go both ways, from what an end sends and gets: said in words, never guessed. */

export type PictureFlow = "shown" | "paused" | "none";

export interface PictureWatch {
  readonly flow: PictureFlow;
  readonly wasSeen: boolean;
  readonly without: number;
}

/** Looks, one every 2 s, before a picture that never came is missed. */
const MISSED_AFTER = 3;

export const NO_PICTURE_YET: PictureWatch = { flow: "shown", wasSeen: false, without: 0 };

/** `sends`: our own picture is not paused; `gets`: one of the other end came a short while ago. */
export function lookAtPictures(
  watch: PictureWatch,
  { isLive, sends, gets }: { isLive: boolean; sends: boolean; gets: boolean },
): PictureWatch {
  if (!isLive) return NO_PICTURE_YET;
  const wasSeen = watch.wasSeen || gets;
  const without = gets ? 0 : watch.without + 1;
  const isMissed = !gets && (wasSeen || without >= MISSED_AFTER);
  if (!sends) return { flow: "paused", wasSeen, without };
  if (!isMissed) return { flow: "shown", wasSeen, without };
  return { flow: wasSeen ? "paused" : "none", wasSeen, without };
}
