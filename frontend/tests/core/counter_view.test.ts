import { describe, expect, it } from "vitest";
import { type Counter, startCounter } from "../../src/core/counter_state.ts";
import { viewOf } from "../../src/core/counter_view.ts";
import type { LineKind } from "../../src/core/line_word.ts";
import { wordsOf } from "../../src/core/words.ts";
import { seat } from "./seat.ts";

const clockOf = (at: number) => ({
  h: Math.floor((at % 86_400) / 3_600),
  m: Math.floor((at % 3_600) / 60),
});

let kind: LineKind = "good";

function view(change: Partial<Counter>, now = seat.starts_at, cameraTrouble = "", language = "fr") {
  const state: Counter = { ...startCounter, seat, link: "joined", ...change };
  return viewOf(state, { words: wordsOf(language), now, line: kind, cameraTrouble, clockOf });
}

describe("view of the counter", () => {
  it("counts the minutes that passed, and those to go before", () => {
    expect(view({}, seat.starts_at + 18 * 60)).toMatchObject({
      minutes: "18\u00a0min",
      minutesNote: "passées",
    });
    expect(view({}, seat.starts_at - 60).minutesNote).toBe("avant l’appel");
  });

  it("says how the leave was given, and when", () => {
    const given = { state: "given", how: "declared", at: 10 * 3_600 + 36 * 60 } as const;
    const acts = { ...startCounter.grants.acts, see: given };
    const grants = { ...startCounter.grants, acts };
    expect(view({ grants }).grants[0]?.note).toBe("Oui, à voix haute, 10:36");
  });

  it("lets the agent say yes only while the kiosk waits", () => {
    const maySayYes = (state: "speaking" | "waiting") => {
      const acts = { ...startCounter.grants.acts, see: { state, how: "", at: 0 } };
      return view({ grants: { ...startCounter.grants, acts } }).grants[0]?.maySayYes;
    };
    expect(maySayYes("speaking")).toBe(false);
    expect(maySayYes("waiting")).toBe(true);
  });

  it("puts a refused call before everything else that is wrong", () => {
    const seen = view({ callTrouble: "fingerprint", link: "lost" }, 0, "Pas de caméra.");
    expect(seen.notice?.tone).toBe("bad");
    expect(seen.notice?.text).toContain("n’a pas prouvé qui elle est");
  });

  it("offers the keys' page when the browser has none that are certified", () => {
    expect(view({ callTrouble: "keys_missing" }).offersKeys).toBe(true);
    expect(view({ callTrouble: "keys_missing" }).notice?.tone).toBe("bad");
    expect(view({ callTrouble: "keys_pending" }).notice?.tone).toBe("warn");
  });

  it("names another browser when this one cannot keep keys", () => {
    const seen = view({ isKeyless: true });
    expect(seen).toMatchObject({ notice: { tone: "bad" }, offersKeys: false });
    expect(seen.notice?.text).toMatch(/ne peut pas garder vos clés.*Chrome ou Edge à jour.*https/);
    expect(view({ isKeyless: true }, 0, "", "en").notice?.text).toMatch(/cannot keep your keys/);
    const refused = view({ isKeyless: true, callTrouble: "fingerprint" });
    expect(refused.notice?.text).toContain("n’a pas prouvé qui elle est");
  });

  it("says the scheme of an address only where it is not secure", () => {
    const at = (url: string) =>
      view({ location: { type: "location", url, title: "", may_back: false, may_forward: false } });
    expect(at("https://allocations.example/logement")).toMatchObject({
      address: "allocations.example/logement",
      isSecure: true,
    });
    expect(at("http://allocations.example/")).toMatchObject({
      address: "http://allocations.example/",
      isSecure: false,
    });
  });

  it.each([
    "no_grant",
    "gone",
    "outside",
    "not_allowed",
    "blind",
    "busy",
    "bad_request",
    "device_missing",
    "jammed",
    "no_paper",
    "cover_open",
    "device_busy",
    "device_error",
    "sealing_refused",
    "failed",
  ])("has a sentence of its own for %s, in French and in English", (code) => {
    for (const language of ["fr", "en"]) {
      const words = wordsOf(language);
      expect(words.code[code]).toMatch(/\. .*\.$|: .*\.$/);
    }
  });

  it("shows the kiosk's own sentence in French, and ours in English", () => {
    const trouble = { code: "jammed", message: "Une feuille est coincée." };
    expect(view({ trouble }).notice?.text).toBe("Une feuille est coincée.");
    const english = view({ trouble }, 0, "", "en").notice?.text;
    expect(english).toBe("A sheet is stuck in the scanner. Have it taken out, then try again.");
    expect(view({ trouble: { code: "else", message: "" } }).notice?.text).not.toBe("");
  });
});

it.each([
  ["good", "ok", "Bonne liaison"],
  ["paused", "warn", "Image en pause"],
  ["sound", "warn", "Son seulement"],
  ["slow", "bad", "Liaison faible"],
] as const)("a %s line is said in words", (said, tone, label) => {
  kind = said;
  expect(view({ call: "live" }).line).toMatchObject({ tone, label });
  expect(view({ call: "cut" }).line.label).toBe("Ligne coupée");
  kind = "good";
});
