// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { Cover } from "../../src/recorder/cover.ts";

const SECRET = "Lagopède 4807";
let cover: Cover;
let active: Element | null;

beforeEach(() => {
  document.body.innerHTML = "";
  active = null;
  cover = new Cover(
    () => [document],
    () => active,
  );
  cover.watch(window as unknown as Window);
});

function field(type: string, value = ""): HTMLInputElement {
  const made = document.createElement("input");
  made.type = type;
  made.value = value;
  document.body.append(made);
  return made;
}

test("an empty secret field and a full plain one cover nothing", () => {
  field("password");
  field("text", "Denise");
  expect(cover.isUp()).toBe(false);
});

test("a secret covers as long as it stands", () => {
  const secret = field("password", SECRET);
  expect(cover.isUp()).toBe(true);
  expect(cover.isUp()).toBe(true);
  secret.value = "";
  expect(cover.isUp()).toBe(false);
});

test("a secret that came and went between two looks covers the next picture, and that one only", () => {
  const secret = field("password");
  expect(cover.isUp()).toBe(false);
  secret.value = SECRET;
  secret.dispatchEvent(new Event("input", { bubbles: true }));
  secret.value = "";
  // To look whether a place may be clicked is not to have seen the picture.
  expect(cover.stands()).toBe(true);
  expect(cover.isUp()).toBe(true);
  expect(cover.isUp()).toBe(false);
});

test("a copy in the page's text, or in another field, covers after the field is emptied", () => {
  const secret = field("password", SECRET);
  cover.isUp();
  secret.value = "";
  const copy = document.createElement("p");
  copy.textContent = `Votre code : ${SECRET}`;
  document.body.append(copy);
  expect(cover.isUp()).toBe(true);
  copy.remove();
  expect(cover.isUp()).toBe(false);
  const area = document.createElement("textarea");
  area.value = SECRET;
  document.body.append(area);
  expect(cover.isUp()).toBe(true);
  area.remove();
});

test("a frame that cannot be looked into covers once somebody was in it, until it is gone", () => {
  const frame = document.createElement("object");
  document.body.append(frame);
  Object.defineProperty(frame, "contentDocument", { value: null });
  expect(cover.isUp()).toBe(false);
  active = frame;
  expect(cover.isUp()).toBe(true);
  active = document.body;
  expect(cover.isUp()).toBe(true);
  frame.remove();
  expect(cover.isUp()).toBe(false);
});
