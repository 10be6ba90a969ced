// @vitest-environment happy-dom
import { beforeAll, beforeEach, expect, test } from "vitest";
import { isBlind, secretKind, watchForReveals, withoutSecrets } from "../../src/recorder/blind.ts";
import { active } from "../../src/recorder/places.ts";
import { recall, tellKept } from "../../src/recorder/secrets.ts";

const SECRET = "Chamois du Queyras é7";
const idOf = () => 7;

beforeAll(() => watchForReveals(document));

beforeEach(() => {
  document.body.innerHTML = "";
});

function field(attributes: Record<string, string>, value = ""): HTMLInputElement {
  const made = document.createElement("input");
  for (const [name, each] of Object.entries(attributes)) made.setAttribute(name, each);
  document.body.append(made);
  made.value = value;
  return made;
}

test.each(["one-time-code", "current-password", "section-a new-password", "ONE-TIME-CODE"])(
  "a field said to hold %s is secret",
  (autocomplete) => {
    const code = field({ autocomplete });
    expect(isBlind(code)).toBe(true);
    code.setAttribute("autocomplete", "off");
    expect(isBlind(code)).toBe(true);
  },
);

test("a field of another kind is not secret", () => {
  expect(isBlind(field({ autocomplete: "email" }, "denise@exemple.fr"))).toBe(false);
});

test("a field put in the place of a secret one, with its content, is secret", () => {
  const before = field({ type: "password" }, SECRET);
  isBlind(before);
  before.remove();
  expect(isBlind(field({}, SECRET))).toBe(true);
  expect(isBlind(field({}, "Chamois"))).toBe(false);
});

test("what a secret field holds leaves in no writing, and what is near it does", () => {
  isBlind(field({ type: "password" }, SECRET));
  const said = withoutSecrets({
    t: "full",
    id: 4,
    text: `Avant ${SECRET} après`,
    url: `https://a.fr/?x=${encodeURIComponent(SECRET)}&y=Chamois+du+Queyras+%C3%A97`,
    attributes: { [`data-${SECRET.toLowerCase()}`]: "", title: SECRET.toUpperCase() },
  });
  expect(said).toEqual({
    t: "full",
    id: 4,
    text: "Avant •••••••• après",
    url: "https://a.fr/?x=••••••••&y=••••••••",
    attributes: { "data-••••••••": "", title: "••••••••" },
  });
});

test("what was held before it was changed does not leave either", () => {
  const secret = field({ type: "password" }, "premier-essai");
  secret.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  secret.value = "";
  expect(withoutSecrets(["premier-essai"])).toEqual(["••••••••"]);
});

test("the first letters of a secret are hidden where they stand alone, while they are held", () => {
  const secret = field({ type: "password" }, "zq");
  isBlind(secret);
  expect(withoutSecrets(["zq", "une zq"])).toEqual(["••••••••", "une zq"]);
  secret.remove();
  secret.value = "";
  expect(withoutSecrets(["zq"])).toEqual(["zq"]);
});

test("the caret in a secret field is seen inside a frame of the same site", () => {
  const frame = document.createElement("iframe");
  const secret = document.createElement("input");
  secret.type = "password";
  Object.defineProperty(document, "activeElement", { value: frame, configurable: true });
  Object.defineProperty(frame, "contentDocument", {
    value: { activeElement: secret },
    configurable: true,
  });
  expect(active(idOf).code).toBe("blind");
  // A frame of another site cannot be looked into: its own recorder is asked.
  Object.defineProperty(frame, "contentDocument", { value: null, configurable: true });
  expect(active(idOf)).toEqual({ code: "frame", id: 7 });
  Object.defineProperty(frame, "contentDocument", {
    value: { activeElement: field({}) },
    configurable: true,
  });
  expect(active(idOf).code).toBe("done");
});

test.each([
  [{ autocomplete: "cc-number" }, "card"],
  [{ autocomplete: "billing cc-csc" }, "card"],
  [{ name: "codeSms", inputmode: "numeric" }, "code"],
  [{ id: "sms-code", type: "tel" }, "code"],
  [{ name: "code_vérification", maxlength: "6" }, "code"],
  [{ id: "otp-3", maxlength: "1" }, "code"],
  [{ name: "cryptogramme", maxlength: "3" }, "card"],
] as [Record<string, string>, string][])("%o is blind: %s", (attributes, kind) => {
  const made = field(attributes);
  expect(isBlind(made)).toBe(true);
  expect(secretKind(made)).toBe(kind);
});

test.each([
  { name: "code_postal", inputmode: "numeric" },
  { name: "code_insee", maxlength: "5" },
  { id: "numero", inputmode: "numeric" },
  { name: "pinede", maxlength: "8" },
  { name: "code-sms-explication" },
  { name: "otp", type: "checkbox" },
] as Record<string, string>[])("%o is not", (attributes) => {
  expect(isBlind(field(attributes))).toBe(false);
});

test("a code spread over boxes does not leave as one", () => {
  for (const digit of "739461") {
    const box = field({ id: `otp-${digit}`, maxlength: "1" }, digit);
    isBlind(box);
  }
  expect(withoutSecrets(["code 739461", "an 1739"])).toEqual(["code ••••••••", "an 1739"]);
});

test("what an earlier page has held does not leave", () => {
  const kept: string[] = [];
  tellKept((value) => kept.push(value));
  const secret = field({ type: "password" }, "Écrin 4821");
  isBlind(secret);
  expect(kept).toEqual(["Écrin 4821"]);
  recall(["Vallouise"]);
  expect(kept).toEqual(["Écrin 4821"]);
  expect(withoutSecrets(["/?q=Vallouise&w=%c3%89crin+4821"])).toEqual(["/?q=••••••••&w=••••••••"]);
});
