import { describe, expect, test } from "vitest";
import {
  begunLater,
  drawn,
  fieldsOf,
  freeHour,
  hours,
  lengthened,
  moved,
  shownDays,
  shownHours,
  toDay,
  withoutNight,
} from "../../src/core/week.ts";

const NINE_TO_TWELVE = { day: 1, start: 540, end: 720 };

describe("what the grid shows", () => {
  test("seven to eight in the evening, more when something lies outside", () => {
    expect(shownHours([])).toEqual([420, 1200]);
    expect(shownHours([{ day: 0, start: 385, end: 1405 }])).toEqual([360, 1440]);
  });

  test("the night of what goes on over midnight is left out", () => {
    expect(withoutNight({ day: 0, start: 840, end: 1440 })).toEqual({
      day: 0,
      start: 840,
      end: 900,
    });
    expect(withoutNight({ day: 0, start: 0, end: 720 })?.start).toBe(660);
    expect(withoutNight({ day: 0, start: 0, end: 1440 })).toBeNull();
    expect(withoutNight(NINE_TO_TWELVE)).toEqual(NINE_TO_TWELVE);
  });

  test("Sunday stands there only when it holds something", () => {
    const empty = Array.from({ length: 7 }, () => ({ items: [] as number[] }));
    expect(shownDays(empty)).toHaveLength(6);
    expect(shownDays([...empty.slice(0, 6), { items: [1] }])).toHaveLength(7);
  });
});

describe("a hand or a key", () => {
  test("moves a stretch whole, and never out of its day", () => {
    expect(hours(moved(NINE_TO_TWELVE, 60))).toBe("10:00–13:00");
    expect(hours(moved(NINE_TO_TWELVE, 2000))).toBe("21:00–24:00");
    expect(hours(moved(NINE_TO_TWELVE, -2000))).toBe("00:00–03:00");
  });

  test("lengthens and shortens either edge down to a quarter of an hour", () => {
    expect(hours(lengthened(NINE_TO_TWELVE, 15))).toBe("09:00–12:15");
    expect(hours(lengthened(NINE_TO_TWELVE, -900))).toBe("09:00–09:15");
    expect(hours(lengthened(NINE_TO_TWELVE, 900))).toBe("09:00–24:00");
    expect(hours(begunLater(NINE_TO_TWELVE, 900))).toBe("11:45–12:00");
    expect(hours(begunLater(NINE_TO_TWELVE, -900))).toBe("00:00–12:00");
  });

  test("leaves what is shorter than a quarter of an hour as it is until it grows", () => {
    const short = { day: 0, start: 600, end: 605 };
    expect(lengthened(short, -15)).toEqual(short);
    expect(begunLater(short, 15)).toEqual(short);
  });

  test("stays in the columns", () => {
    expect(toDay(NINE_TO_TWELVE, -1, 6).day).toBe(0);
    expect(toDay(NINE_TO_TWELVE, 6, 6).day).toBe(5);
  });

  test("draws in steps of five minutes, upwards too", () => {
    expect(drawn(2, 601, 658)).toEqual({ day: 2, start: 600, end: 660 });
    expect(drawn(2, 658, 601)).toEqual({ day: 2, start: 600, end: 660 });
    expect(drawn(2, 600, 602)).toEqual({ day: 2, start: 600, end: 615 });
    expect(drawn(2, 1439, 1500)).toEqual({ day: 2, start: 1425, end: 1440 });
  });

  test("begins a new stretch at the first free hour from nine o'clock on", () => {
    expect(freeHour(1, [])).toEqual({ day: 1, start: 540, end: 600 });
    expect(freeHour(1, [NINE_TO_TWELVE])).toEqual({ day: 1, start: 720, end: 780 });
    expect(freeHour(0, [{ day: 0, start: 0, end: 1440 }]).start).toBe(540);
  });
});

test("a place is sent as the form of its kind takes it", () => {
  expect(fieldsOf("opening", NINE_TO_TWELVE, "2026-12-01")).toEqual({
    weekday: "1",
    starts: "09:00",
    ends: "12:00",
  });
  expect(fieldsOf("absence", { day: 6, start: 0, end: 1440 }, "2026-12-06")).toEqual({
    first_day: "2026-12-06",
    last_day: "2026-12-06",
    starts: "00:00",
    ends: "24:00",
  });
});
