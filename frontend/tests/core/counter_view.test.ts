import { describe, expect, it } from "vitest";
import { type Counter, startCounter } from "../../src/core/counter_state.ts";
import { viewOf } from "../../src/core/counter_view.ts";
import { wordsOf } from "../../src/core/words.ts";
import { seat } from "./seat.ts";

const clockOf = (at: number) => ({
  h: Math.floor((at % 86_400) / 3_600),
  m: Math.floor((at % 3_600) / 60),
});

function view(change: Partial<Counter>, now = seat.starts_at, cameraTrouble = "", language = "fr") {
  const state: Counter = { ...startCounter, seat, link: "joined", ...change };
  return viewOf(state, { words: wordsOf(language), now, line: null, cameraTrouble, clockOf });
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

  it("says why the page is shown as a picture, and why it is not", () => {
    const page = (why: string) => ({ way: "picture", why, isCovered: false }) as const;
    expect(view({ page: page("asked") }).notice).toBeNull();
    expect(view({ page: page("unfaithful") }).notice?.text).toContain("ne suit pas");
    expect(view({ page: page("failed") }).notice?.text).toContain("ne vient pas");
    const english = view({ page: page("unfaithful") }, undefined, "", "en").notice?.text;
    expect(english).toContain("does not follow");
  });

  it("says that the person types a secret, while the page is seen in a live call", () => {
    const given = { state: "given", how: "touch", at: 0 } as const;
    const acts = { ...startCounter.grants.acts, see: given };
    const grants = { ...startCounter.grants, acts };
    const seen = (secret: string, change: Partial<Counter> = {}) =>
      view({ grants, call: "live", secret, ...change }).secretNote;
    expect(seen("password")).toBe(`${seat.citizen} tape son mot de passe. Vous ne le voyez pas.`);
    expect(seen("code", { seat: { ...seat, citizen: "" } })).toMatch(/^La personne tape son code/);
    expect(seen("new kind")).toMatch(/tape ce qui est demandé/);
    expect(seen("")).toBe("");
    expect(seen("password", { call: "cut" })).toBe("");
    expect(seen("password", { grants: startCounter.grants })).toBe("");
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
