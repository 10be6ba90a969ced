/** Asks for a whole picture when the replay has lost its thread, until one has come. */

export const AGAIN_EVERY_MS = 2_000;
export const AGAIN_MOST_MS = 16_000;

export interface Again {
  /** The thread is lost. */
  lost(): void;
  /** A new stream has begun: its picture is on its way. */
  begun(): void;
  /** A whole picture has come. */
  found(): void;
  close(): void;
}

/**
 * Asks at once, and less and less often while nothing comes: a line may swallow the question. A
 * picture that is on its way is waited for, or a slow line would never bring one.
 */
export function askAgain(ask: () => void): Again {
  let timer = 0;
  let wait = AGAIN_EVERY_MS;
  let isLost = false;
  let isComing = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  const due = (): void => {
    timer = 0;
    if (!isLost) return;
    if (!isComing) {
      askedAt = performance.now();
      wait = Math.min(wait * 2, AGAIN_MOST_MS);
      ask();
    }
    timer ||= window.setTimeout(due, wait);
  };

  const rest = (): void => {
    window.clearTimeout(timer);
    timer = 0;
    isLost = isComing = false;
    wait = AGAIN_EVERY_MS;
  };

  return {
    lost() {
      const isNew = !isLost || isComing;
      isLost = true;
      isComing = false;
      if (!isNew) return;
      window.clearTimeout(timer);
      timer = 0;
      const early = askedAt + AGAIN_EVERY_MS - performance.now();
      if (early > 0) timer = window.setTimeout(due, early);
      else due();
    },
    begun() {
      isComing = true;
    },
    found: rest,
    close: rest,
  };
}
