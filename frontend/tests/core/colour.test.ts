import { expect, test } from "vitest";
import { glance } from "../../src/core/colour.ts";

const filled = (...colours: [number, number, number][]) =>
  colours.flatMap(([red, green, blue]) => [red, green, blue, 255]);

test("the colour is the mean of the pixels", () => {
  expect(glance(filled([200, 0, 100], [100, 0, 50])).colour).toEqual([150, 0, 75]);
});

test("a black filler shows nothing", () => {
  expect(glance(filled([0, 0, 0], [16, 16, 16])).isDark).toBe(true);
});

test("a dark room with one lamp shows something", () => {
  expect(glance(filled([0, 0, 0], [0, 0, 0], [120, 110, 90])).isDark).toBe(false);
});
