// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { type Field, Fields } from "../../src/recorder/fields.ts";
import type { Line } from "../../src/recorder/lines.ts";

let told: Line[];
let fields: Fields;

beforeEach(() => {
  document.body.innerHTML = "";
  told = [];
  fields = new Fields(
    (node) => [...document.body.children].indexOf(node as Element) + 1,
    (line) => told.push(line),
  );
});

function field<T extends Field = HTMLInputElement>(html: string, value = ""): T {
  document.body.insertAdjacentHTML("beforeend", html);
  const made = document.body.lastElementChild as T;
  made.value = value;
  return made;
}

test("what a field holds is told with its caret, which is not told again", () => {
  const town = field("<input>", "Guil");
  town.setSelectionRange(2, 3);
  fields.tell(town);
  fields.tellCaret(town);
  expect(told).toEqual([{ t: "input", id: 1, text: "Guil", checked: false, start: 2, end: 3 }]);
  town.setSelectionRange(4, 4);
  fields.tellCaret(town);
  fields.tellCaret(town);
  expect(told.slice(1)).toEqual([{ t: "select", id: 1, start: 4, end: 4 }]);
});

test("a caret in what a script has just written is told with it", () => {
  const town = field("<input>", "185");
  fields.tell(town);
  town.value = "18 5";
  town.setSelectionRange(4, 4);
  fields.tellCaret(town);
  fields.check([town]);
  expect(told.map(({ t, text, end }) => [t, text, end])).toEqual([
    ["input", "185", 3],
    ["input", "18 5", 4],
  ]);
});

test("a caret that was told is told again after another field's, and with a new picture", () => {
  const [one, two] = [field("<textarea></textarea>", "a"), field("<input>", "b")];
  fields.baseline(document.body);
  one.setSelectionRange(1, 1);
  two.setSelectionRange(1, 1);
  fields.tellCaret(one);
  fields.tellCaret(two);
  fields.tellCaret(one);
  fields.forgetCaret();
  fields.tellCaret(one);
  expect(told.map(({ id }) => id)).toEqual([1, 2, 1, 1]);
});

test("of a secret field neither value nor caret is told", () => {
  const secret = field('<input type="password">', "Chamois7");
  fields.tell(secret);
  fields.tellCaret(secret);
  expect(told).toEqual([{ t: "blind", id: 1, filled: true }]);
});

test("a caret that would count the letters of a secret that is masked is not told", () => {
  fields.tell(field('<input type="password">', "Marmotte12"));
  const copy = field("<input>", "mot : Marmotte12");
  fields.tell(copy);
  fields.tellCaret(copy);
  expect(Object.keys(told[1] ?? {})).toEqual(["t", "id", "text", "checked"]);
  expect(told).toHaveLength(2);
});
