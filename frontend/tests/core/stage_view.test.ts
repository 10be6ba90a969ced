import { describe, expect, test } from "vitest";
import type { Call, Scene } from "../../src/core/scene.ts";
import { KEYS } from "../../src/core/secret_keys.ts";
import { sceneOf } from "../../src/core/stage_view.ts";
import { parseToStage, type Show, VIEWS } from "../../src/core/wire/stage.ts";

/** 2026-11-24 10:30 in Paris. */
const T = 1_795_512_600;

function show(fields: Partial<Show>): Show {
  const parsed = parseToStage(
    JSON.stringify({
      type: "show",
      view: "call",
      now: T,
      site: "Maison de la vallée, Guillestre",
      phone: "04 65 71 00 12",
      starts_at: T,
      ends_at: T + 2700,
      citizen: "Lucie",
      agent: "Madame Martin",
      partner: "Allocations familiales",
      reason: "Aide au logement",
      ...fields,
    }),
  );
  if (!parsed.ok || parsed.message.type !== "show") throw new Error("no show");
  return parsed.message;
}

function scene<K extends Scene["scene"]>(
  kind: K,
  fields: Partial<Show>,
  now = T,
): Extract<Scene, { scene: K }> {
  const made = sceneOf(show(fields), now);
  if (made.scene !== kind) throw new Error(`${made.scene} instead of ${kind}`);
  return made as Extract<Scene, { scene: K }>;
}

const call = (fields: Partial<Show>): Call => scene("call", fields);

test("the phone number is in every view", () => {
  for (const view of VIEWS) expect(sceneOf(show({ view }), T).help.phone).toBe("04 65 71 00 12");
});

describe("idle", () => {
  test("shows the hour of the site's zone, the place and no name", () => {
    const idle = scene("idle", { view: "idle", next_at: T }, T - 43 * 60);
    expect(idle.clock).toBe("9:47");
    expect(idle.date).toBe("mardi 24 novembre");
    expect(idle.place).toEqual(["Maison de la vallée", "Guillestre"]);
    expect(idle.next?.hour).toBe("10\u00a0h\u00a030");
    expect(idle.next?.when).toBe("dans 43 minutes");
    expect(JSON.stringify(idle)).not.toContain("Lucie");
    expect(JSON.stringify(idle)).not.toContain("Martin");
  });

  test("counts in hours, then in days", () => {
    const when = (before: number) =>
      scene("idle", { view: "idle", next_at: T }, T - before).next?.when;
    expect(when(60)).toBe("dans 1 minute");
    expect(when(2 * 3600 + 300)).toBe("dans 2\u00a0h\u00a005");
    expect(when(11 * 3600)).toBe("demain");
    expect(when(3 * 86_400)).toBe("mardi 24 novembre");
  });

  test("without another appointment says so", () => {
    expect(scene("idle", { view: "idle" }).next).toBeNull();
  });

  test("follows another zone and language", () => {
    const idle = scene("idle", { view: "idle", zone: "Indian/Reunion", lang: "en" });
    expect(idle.clock).toBe("13:30");
    expect(idle.date).toBe("Tuesday 24 November");
    expect(idle.lang).toBe("en");
  });
});

describe("before the hour", () => {
  test("welcome tells the time left and how far the rope is", () => {
    const welcome = scene("welcome", { view: "welcome" }, T - 450);
    expect(welcome.left).toBe("8 minutes");
    expect(welcome.progress).toBeCloseTo(0.25);
    expect(scene("welcome", { view: "welcome" }, T - 48.5).left).toBe("49 secondes");
  });

  test("the countdown counts seconds and promises that nobody sees or hears", () => {
    const wait = scene("wait", { view: "countdown" }, T - 7.2);
    expect([wait.count, wait.unit]).toEqual(["8", "secondes"]);
    expect(wait.privacy).toBe("Personne ne vous voit ni ne vous entend pour l’instant.");
    expect(wait.choice.touch).toBe("not_now");
    expect(scene("wait", { view: "countdown" }, T - 0.5).unit).toBe("seconde");
  });

  test("at the hour no negative second is shown", () => {
    expect(scene("wait", { view: "countdown" }, T + 3).count).toBe("");
  });

  test("a late agent is named without blame", () => {
    const late = scene("wait", { view: "late" }, T + 100);
    expect(late.lead).toBe("Madame Martin a un peu de\u00a0retard.");
    expect(late.text).toContain("Restez là");
    expect(late.choice.touch).toBe("stop");
  });
});

describe("the call", () => {
  test("is orange only while the agent may see or fill in", () => {
    expect(call({ grants: [] }).held).toBe(false);
    expect(call({ grants: ["scan"] }).held).toBe(false);
    expect(call({ grants: ["see"] }).banner).toBe("Madame Martin regarde la page avec vous");
    expect(call({ grants: ["see", "control"] }).banner).toBe("Madame Martin remplit avec vous");
  });

  test("always has stop", () => {
    for (const line of ["good", "slow", "paused", "sound", "cut"]) {
      for (const guest of [true, false]) expect(call({ line, guest }).stop.touch).toBe("stop");
    }
  });

  test("asks one thing with yes and no, and says that silence is no", () => {
    const { card } = call({ request: 3, request_act: "scan", request_state: "waiting" });
    if (card.kind !== "request") throw new Error(card.kind);
    expect(card.request).toBe(3);
    expect(card.question).toBe("Puis-je numériser votre feuille\u00a0?");
    expect(card.choices.map(({ touch }) => touch)).toEqual(["yes", "no"]);
    expect(card.hints).toContain("Sans réponse, rien n’est fait.");
  });

  test("asks about the end before anything else", () => {
    expect(call({ ask_end: true, request: 1, request_act: "see" }).card.kind).toBe("end");
  });

  test("names each leave while it lasts", () => {
    const { card } = call({ grants: ["see", "scan"] });
    if (card.kind !== "leaves") throw new Error(card.kind);
    expect(card.items).toEqual(["voir cette page", "numériser votre feuille"]);
  });

  test("says with shape, colour and word how the line does", () => {
    expect(call({ line: "slow" }).light).toMatchObject({ tone: "warn", word: "Ligne lente" });
    const paused = call({ line: "paused" });
    expect(paused.light).toMatchObject({ tone: "warn", word: "Image en pause" });
    expect(paused.coming).toBe("Image en pause");
    expect(call({ line: "sound" })).toMatchObject({
      coming: "Son seulement",
      light: { tone: "warn", word: "Son seulement" },
    });
    expect(call({ line: "cut" }).light.tone).toBe("bad");
    expect(call({ line: "cut" }).cut).toContain("l’appel reprend tout seul");
  });

  test("shows the common code in two pairs, and none before there is one", () => {
    expect(call({ code: "4187" }).code?.digits).toBe("41\u00a087");
    expect(call({}).code).toBeNull();
  });
});

describe("after the call", () => {
  test("thanks and papers", () => {
    const thanks = scene("notice", { view: "thanks" });
    expect(thanks.lead).toBe("Merci Lucie.");
    expect(thanks.lines[0]).toBe("Reprenez vos papiers.");
  });

  test("an agent who does not come: sorry, and another hour if there is one", () => {
    expect(scene("notice", { view: "apology" }).lines).toEqual([
      "L’accueil vous propose une autre heure.",
    ]);
    const lines = scene("notice", { view: "apology", next_at: T + 86_400 }).lines;
    expect(lines[0]).toContain("mercredi 25 novembre, 10\u00a0h\u00a030");
  });

  test("trouble says what the daemon says, and whom to call", () => {
    const trouble = scene("notice", { view: "trouble", note: "La ligne n’est pas sûre." });
    expect(trouble.lead).toBe("La ligne n’est pas sûre.");
    expect(trouble.call).toBe("Appelez ce numéro");
  });
});

describe("in the partner's own tool", () => {
  const tool = "visio.allocations.invalid";

  test("says before the hour where the call takes place", () => {
    const welcome = scene("welcome", { view: "welcome", tool }, T - 300);
    expect(welcome.text).toContain("dans la page «\u00a0Allocations familiales\u00a0»");
    const wait = scene("wait", { view: "countdown", tool }, T - 8);
    expect(wait.lead).toBe("La page de l’appel s’ouvre dans");
    expect([wait.count, wait.inTool]).toEqual(["8", true]);
    expect(wait.you).toContain("dans la page «");
  });

  test("announces the camera as long as the page has it", () => {
    const open = call({ tool, guest: true, camera_for: tool });
    expect(open.banner).toBe(`La caméra est ouverte pour ${tool}`);
    expect([open.held, open.light.word]).toEqual([true, "Caméra ouverte"]);
    expect(open.stopHint).toBe("ARRÊTER ferme la page et la caméra.");
    const closed = call({ tool, ask_end: true });
    expect([closed.held, closed.light.word]).toEqual([false, "Caméra fermée"]);
    expect(closed.card.kind).toBe("end");
  });

  test("shows no face of ours and blames nobody who did not come", () => {
    expect(call({ tool }).you).toBe("");
    const apology = scene("notice", { view: "apology", tool });
    expect(apology.lead).toBe(
      "La page «\u00a0Allocations familiales\u00a0» ne s’ouvre pas. Pardon.",
    );
    expect(apology.lead).not.toContain("Martin");
  });

  test("has its words in English too", () => {
    const open = call({ tool, guest: true, camera_for: tool, lang: "en" });
    expect(open.banner).toBe(`The camera is open for ${tool}`);
  });
});

describe("the citizen's own keyboard", () => {
  const secret = { guest: true, secret: 4, secret_kind: "code", secret_pad: "digits" };

  test("says what to type and who does not see it", () => {
    expect(call({ ...secret, secret_typed: 2 }).keyboard).toMatchObject({
      field: 4,
      ask: "Tapez votre code.",
      unseen: "Madame Martin ne le voit pas.",
      typed: 2,
      start: "digits",
      besideZero: "",
    });
    expect(call({ ...secret, lang: "en" }).keyboard?.ask).toBe("Type your code.");
  });

  test("begins with letters for a password, and offers a card's slash", () => {
    const password = call({ ...secret, secret_kind: "password", secret_pad: "letters" });
    expect(password.keyboard?.start).toBe("letters");
    expect(call({ ...secret, secret_kind: "card" }).keyboard?.besideZero).toBe("/");
  });

  test("is there with the page only", () => {
    expect(call({ ...secret, secret: 0 }).keyboard).toBeNull();
    expect(call({ ...secret, guest: false }).keyboard).toBeNull();
  });

  test("has a key for every printable sign of ASCII, and none twice on a page", () => {
    const all = new Set(Object.values(KEYS).flat(2));
    const missing = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).filter(
      (sign) => !all.has(sign) && sign !== "0",
    );
    expect(missing).toEqual([]);
    for (const page of Object.values(KEYS)) {
      expect(new Set(page.flat()).size).toBe(page.flat().length);
    }
  });
});

test("papers that are about to leave are shown with the site they go to, above a question", () => {
  const fields = { guest: true, guest_host: "aide.example", request: 3, request_act: "scan" };
  const { card } = scene("call", { ...fields, attaching: 1, attaching_picture: "/9j/" });
  expect(card).toEqual({
    kind: "paper",
    title: "Votre feuille part vers",
    host: "aide.example",
    hint: "ARRÊTER l’empêche.",
    picture: "/9j/",
  });
  const several = scene("call", { ...fields, attaching: 2 }).card;
  expect(several).toMatchObject({ title: "Vos 2 feuilles partent vers" });
  expect(scene("call", fields).card.kind).toBe("request");
});
