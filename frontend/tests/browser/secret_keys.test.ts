// @vitest-environment happy-dom

import { expect, test } from "vitest";
import type { SecretKeyboard } from "../../src/core/secret_keys.ts";
import { secretRegions } from "../../src/pages/stage/secret_keys.ts";

const PAGES = { letters: "abc", capitals: "ABC", digits: "123", signs: "#+=", accents: "éà" };
const KEYBOARD: SecretKeyboard = {
  field: 7,
  ask: "Tapez votre code",
  unseen: "",
  typed: 0,
  typedSaid: "",
  start: "digits",
  besideZero: "",
  erase: "Effacer",
  done: "C’est fait",
  space: "espace",
  pages: PAGES,
  pagesSaid: PAGES,
};

function landsOn(key: Element | null | undefined, atMs: number): void {
  const event = new Event("pointerdown");
  Object.defineProperty(event, "timeStamp", { value: atMs });
  key?.dispatchEvent(event);
}

test("a digit that a code has twice is typed twice, and a finger that trembles types once", () => {
  const typed: string[] = [];
  const regions = secretRegions(KEYBOARD, ({ text }) => typed.push(text));
  const board = regions.find(({ name }) => name === "keys")?.build();
  const key = (label: string) => board?.querySelector(`[data-key="${label}"]`);
  landsOn(key("4"), 0);
  landsOn(key("4"), 30);
  landsOn(key("4"), 140);
  landsOn(key("5"), 150);
  landsOn(key("4"), 160);
  expect(typed).toEqual(["4", "4", "5"]);
  landsOn(key("4"), 400);
  expect(typed).toEqual(["4", "4", "5", "4"]);
});
