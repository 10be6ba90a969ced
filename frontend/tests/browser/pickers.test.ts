// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { keepPickersShut } from "../../src/recorder/pickers.ts";

beforeAll(() => keepPickersShut(window));

beforeEach(() => {
  document.body.innerHTML = `<select id="list"><option>un</option></select>
    <select id="open" size="4"><option>un</option></select>
    <input id="date" type="date"><input id="text">`;
});

/** Whether the page's own answer to the event is kept from happening. */
function isShut(id: string, event: Event): boolean {
  document.getElementById(id)?.dispatchEvent(event);
  return event.defaultPrevented;
}

const often = { bubbles: true, cancelable: true };
const mouse = (kind: string) => new MouseEvent(kind, often);
const key = (kind: string, name: string, altKey = false) =>
  new KeyboardEvent(kind, { ...often, key: name, altKey });

test("a list does not open by touch, but has the focus", () => {
  expect(isShut("list", mouse("mousedown"))).toBe(true);
  expect(document.activeElement?.id).toBe("list");
});

test("neither lists nor calendars open by the keys that open them", () => {
  for (const id of ["list", "date"]) {
    expect(isShut(id, key("keypress", " "))).toBe(true);
    expect(isShut(id, key("keydown", "F4"))).toBe(true);
    expect(isShut(id, key("keydown", "ArrowDown", true))).toBe(true);
    expect(isShut(id, key("keydown", "ArrowDown"))).toBe(false);
  }
});

test("a calendar does not open by touch, and can still be given the focus", () => {
  expect(isShut("date", mouse("click"))).toBe(true);
  expect(isShut("date", mouse("mousedown"))).toBe(false);
});

test("what opens no window is left alone", () => {
  expect(isShut("open", mouse("mousedown"))).toBe(false);
  expect(isShut("text", mouse("click"))).toBe(false);
  expect(isShut("text", key("keypress", " "))).toBe(false);
});
