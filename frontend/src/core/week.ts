/** Where a stretch of the agent's week stands on the time grid, and how a hand moves it. */

export const KINDS = ["opening", "extra", "absence", "busy", "visit"] as const;
export type Kind = (typeof KINDS)[number];
/** What the agent may change. */
export type OwnKind = "opening" | "extra" | "absence";

/** A stretch of one column: `day` counts the columns, minutes those of the local day. */
export interface Place {
  readonly day: number;
  readonly start: number;
  readonly end: number;
}

export const DAY_MIN = 1440;
/** A hand moves by five minutes, a key by fifteen. */
export const HAND_STEP = 5;
export const KEY_STEP = 15;
const SHORTEST = 15;
const USUAL: readonly [number, number] = [7 * 60, 20 * 60];

/** Returns the first and the last minute to be shown: 07:00 to 20:00, more when something is. */
export function shownHours(places: readonly Place[]): readonly [number, number] {
  const from = Math.min(USUAL[0], ...places.map((each) => Math.floor(each.start / 60) * 60));
  const to = Math.max(USUAL[1], ...places.map((each) => Math.ceil(each.end / 60) * 60));
  return [from, to];
}

/** Returns the part of what goes on over midnight that asks to be shown, null for a whole day. */
export function withoutNight(place: Place): Place | null {
  const isFromMidnight = place.start === 0;
  const isToMidnight = place.end === DAY_MIN;
  if (isFromMidnight && isToMidnight) return null;
  if (isFromMidnight) return { ...place, start: Math.max(0, place.end - 60) };
  return isToMidnight ? { ...place, end: Math.min(DAY_MIN, place.start + 60) } : place;
}

/** Returns the days to be shown: Sunday only when it holds something. */
export function shownDays<Day extends { readonly items: readonly unknown[] }>(
  days: readonly Day[],
): readonly Day[] {
  return days.filter((day, number) => number < 6 || day.items.length > 0);
}

export function snapped(minute: number): number {
  return Math.round(minute / HAND_STEP) * HAND_STEP;
}

/** Returns the place moved by minutes, whole within its day. */
export function moved(place: Place, minutes: number): Place {
  const by = within(minutes, -place.start, DAY_MIN - place.end);
  return { ...place, start: place.start + by, end: place.end + by };
}

/** Returns the place with a later (or earlier) end, no shorter than fifteen minutes. */
export function lengthened(place: Place, minutes: number): Place {
  const least = Math.min(place.end, place.start + SHORTEST);
  return { ...place, end: within(place.end + minutes, least, DAY_MIN) };
}

/** Returns the place with a later (or earlier) start, no shorter than fifteen minutes. */
export function begunLater(place: Place, minutes: number): Place {
  const most = Math.max(place.start, place.end - SHORTEST);
  return { ...place, start: within(place.start + minutes, 0, most) };
}

/** Returns the place in another column. */
export function toDay(place: Place, day: number, columns: number): Place {
  return { ...place, day: within(day, 0, columns - 1) };
}

/** Returns the place between the two minutes at which a hand began and stands. */
export function drawn(day: number, began: number, stands: number): Place {
  const start = within(snapped(Math.min(began, stands)), 0, DAY_MIN - SHORTEST);
  const end = snapped(Math.max(began, stands));
  return { day, start, end: within(end, start + SHORTEST, DAY_MIN) };
}

/** Returns the first free hour of a column from nine o'clock on, or nine o'clock. */
export function freeHour(day: number, taken: readonly Place[]): Place {
  const here = taken.filter((place) => place.day === day);
  for (let start = 9 * 60; start <= 19 * 60; start += KEY_STEP) {
    const hour = { day, start, end: start + 60 };
    if (here.every((place) => !overlap(place, hour))) return hour;
  }
  return { day, start: 9 * 60, end: 10 * 60 };
}

export function overlap(one: Place, other: Place): boolean {
  return one.day === other.day && one.start < other.end && other.start < one.end;
}

export function isSame(one: Place, other: Place): boolean {
  return one.day === other.day && one.start === other.start && one.end === other.end;
}

/** Writes minutes after midnight as 09:30; the end of the day is 24:00. */
export function clock(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

export function hours(place: Place): string {
  return `${clock(place.start)}–${clock(place.end)}`;
}

/** Returns what the form of this kind takes, for a place on the day `on` (2026-12-01). */
export function fieldsOf(kind: OwnKind, place: Place, on: string): Record<string, string> {
  const at = { starts: clock(place.start), ends: clock(place.end) };
  if (kind === "opening") return { weekday: String(weekdayOf(on)), ...at };
  return { first_day: on, last_day: on, ...at };
}

function weekdayOf(on: string): number {
  return (new Date(`${on}T12:00:00Z`).getUTCDay() + 6) % 7;
}

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
