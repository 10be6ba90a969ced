// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { fileAt, fileFacts, fileFieldOf } from "../../src/recorder/file_fields.ts";

const at = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;

beforeEach(() => {
  document.body.innerHTML = `<form><label id="mot">Pièce <input id="une" type="file"></label>
    <div id="zone"><input id="deux" type="file" multiple accept=".pdf"></div>
    <div id="plein"><input type="file"><input type="file"></div>
    <button id="ouvre" type="button">Ouvrir</button><button id="envoie">Envoyer</button>
    <a id="lien" href="/suite">Suite</a><a id="ancre" href="#">Choisir</a>
    <input id="texte"><input id="fermee" type="file" disabled></form>`;
});

test("a field is found by itself, by its label and by the place that it alone stands in", () => {
  expect(fileFieldOf(at("une"))?.id).toBe("une");
  expect(fileFieldOf(at("zone"))?.id).toBe("deux");
  expect(fileFieldOf(at("plein"))).toBeNull();
  expect(fileFieldOf(at("texte"))).toBeNull();
});

test("a button may open a chooser, unless it sends the form or leads away", () => {
  const code = (id: string) => fileAt(at(id)).code;
  expect(["une", "ouvre", "ancre"].map(code)).toEqual(["done", "opens", "opens"]);
  expect(["envoie", "lien", "texte"].map(code)).toEqual(Array(3).fill("no_file_field"));
});

test("a node that is gone is told as such", () => {
  const field = at("une");
  field.remove();
  expect(fileAt(field).code).toBe("gone");
  expect(fileAt(null).code).toBe("gone");
});

test("what a field takes is told, and why it takes nothing", () => {
  expect(fileFacts(at("deux"))).toEqual({ code: "done", accept: ".pdf", multiple: true });
  expect(fileFacts(at("fermee")).code).toBe("closed_field");
  expect(fileFacts(at("texte")).code).toBe("no_file_field");
});
