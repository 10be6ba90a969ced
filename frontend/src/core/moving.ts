/** When the agent's home page opens the counter by itself. */

export const OPENS_BEFORE_S = 5 * 60;

/** Seconds until the counter opens; 0 when it is time; null when there is no visit to open. */
export function opensInS(startsAt: number | null, now: number): number | null {
  return startsAt === null ? null : Math.max(0, startsAt - OPENS_BEFORE_S - now);
}

/** Returns the number of an attribute, or null when it holds none. */
export function numberOf(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  // Django may write decimals with the comma of the page's language.
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) ? value : null;
}
