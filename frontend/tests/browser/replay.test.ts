// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Replay } from "../../src/browser/replay.ts";
import { placeholder } from "../../src/browser/replay_picture.ts";
import { parseReplayLine } from "../../src/core/replay_events.ts";

const words = {
  blindFilled: "Rempli par l’usager",
  blindEmpty: "Champ caché",
  islandCovered: "Caché",
};

let replay: Replay;
let lost: number;
let focused: number[];
let scrolling: Set<number>;

function apply(value: object): void {
  const event = parseReplayLine(JSON.stringify(value));
  if (event === null) throw new Error("no event");
  replay.apply(event);
}

const el = (
  id: number,
  tagName: string,
  attributes = {},
  childNodes: object[] = [],
  more = {},
) => ({
  type: 2,
  id,
  tagName,
  attributes,
  childNodes,
  ...more,
});
const text = (id: number, textContent: string) => ({ type: 3, id, textContent });
const adds = (...added: object[]) => ({
  t: "mutation",
  d: { texts: [], attributes: [], removes: [], adds: added },
});

function full(...body: object[]): void {
  const html = el(3, "html", { lang: "fr" }, [el(4, "head"), el(5, "body", {}, body)]);
  const node = { type: 0, id: 1, childNodes: [{ type: 1, id: 2, name: "html" }, html] };
  apply({ t: "full", node, top: 0, left: 0 });
}

const byId = <T extends Element>(id: number): T => replay.map.node(id) as unknown as T;

beforeEach(() => {
  lost = 0;
  focused = [];
  scrolling = new Set();
  const doc = document.implementation.createHTMLDocument("");
  replay = new Replay(
    doc,
    {
      onPage: () => undefined,
      onViewport: () => undefined,
      onFocus: (id) => focused.push(id),
      onLost: () => {
        lost += 1;
      },
      isScrolling: (id) => scrolling.has(id),
    },
    words,
  );
});

describe("a full picture", () => {
  it("shows elements, text and values", () => {
    full(
      el(6, "p", {}, [text(7, "Étape 2 sur 4")]),
      el(8, "input", { type: "text", value: "05600" }),
    );
    expect(replay.doc.body.textContent).toBe("Étape 2 sur 4");
    expect(byId<HTMLInputElement>(8).value).toBe("05600");
    expect(replay.doc.documentElement.lang).toBe("fr");
  });

  it("replaces the one before, and its ids", () => {
    full(el(6, "p"));
    full(el(106, "p"));
    expect(replay.map.node(6)).toBeUndefined();
    expect(replay.doc.querySelectorAll("p")).toHaveLength(1);
  });

  it("puts children of a shadow root where they belong", () => {
    full(
      el(6, "div", {}, [el(7, "b", {}, [], { isShadow: true }), el(8, "i")], {
        isShadowHost: true,
      }),
    );
    expect(byId<Element>(6).shadowRoot?.firstChild).toBe(replay.map.node(7));
    expect(byId<Element>(6).children).toHaveLength(1);
  });
});

describe("changes", () => {
  it("add nodes whose neighbours come later in the same message", () => {
    full(el(6, "ul"));
    apply(
      adds(
        { parentId: 6, nextId: 8, node: el(7, "li") },
        { parentId: 8, nextId: null, node: text(9, "deux") },
        { parentId: 6, nextId: null, node: el(8, "li") },
      ),
    );
    expect([...byId<Element>(6).children].map((each) => replay.map.id(each))).toEqual([7, 8]);
    expect(byId<Element>(8).textContent).toBe("deux");
    expect(lost).toBe(0);
  });

  it("ask for a full picture when a parent is unknown", () => {
    full(el(6, "ul"));
    apply(adds({ parentId: 99, nextId: null, node: el(7, "li") }));
    expect(lost).toBe(1);
  });

  it("move a node that is added again", () => {
    full(el(6, "div", {}, [el(7, "b")]), el(8, "div"));
    apply({
      t: "mutation",
      d: {
        texts: [],
        attributes: [],
        removes: [{ parentId: 6, id: 7 }],
        adds: [{ parentId: 8, nextId: null, node: el(7, "b") }],
      },
    });
    expect(byId<Element>(8).firstChild).toBe(replay.map.node(7));
  });

  it("forget what was inside a removed node", () => {
    full(el(6, "div", {}, [el(7, "b", {}, [text(8, "x")])]));
    apply({
      t: "mutation",
      d: { texts: [], attributes: [], adds: [], removes: [{ parentId: 5, id: 6 }] },
    });
    expect(replay.map.node(8)).toBeUndefined();
  });

  it("set and take away attributes, and single style properties", () => {
    full(el(6, "p", { title: "a", style: "color: red; margin-top: 1px" }));
    const attributes = [
      {
        id: 6,
        attributes: { title: null, class: "b", style: { color: false, "margin-top": "2px" } },
      },
    ];
    apply({ t: "mutation", d: { texts: [], adds: [], removes: [], attributes } });
    const p = byId<HTMLElement>(6);
    expect(p.hasAttribute("title")).toBe(false);
    expect(p.className).toBe("b");
    expect(p.style.color).toBe("");
    expect(p.style.marginTop).toBe("2px");
  });

  it("turn a link into a style once its sheet was read", () => {
    full(el(6, "link", { rel: "stylesheet", href: "a.css" }));
    const attributes = [{ id: 6, attributes: { _cssText: "p { color: red }" } }];
    apply({ t: "mutation", d: { texts: [], adds: [], removes: [], attributes } });
    expect(byId<Element>(6).localName).toBe("style");
    expect(byId<Element>(6).textContent).toBe("p { color: red }");
  });

  it("never let a later attribute fetch", () => {
    full(el(6, "img", { alt: "" }));
    const attributes = [
      { id: 6, attributes: { src: "https://partner.example/a.png", onclick: "x()" } },
    ];
    apply({ t: "mutation", d: { texts: [], adds: [], removes: [], attributes } });
    expect(byId<Element>(6).getAttributeNames()).toEqual(["alt", "src"]);
    expect(byId<Element>(6).getAttribute("src")).toMatch(/^blob:/);
  });
});

describe("pictures", () => {
  it("are drawings of the right size, before and after it is known", async () => {
    full(el(6, "img", { alt: "Logo <b>&" }));
    const before = byId<HTMLImageElement>(6).src;
    apply({ t: "picture", id: 6, width: 160, height: 48 });
    const after = byId<HTMLImageElement>(6).src;
    expect(before).toMatch(/^blob:/);
    expect(after).toMatch(/^blob:/);
    expect(after).not.toBe(before);
    const drawing = await placeholder(160, 48, "Logo <b>&\u0000").text();
    expect(drawing).toContain('width="160" height="48"');
    expect(drawing).toContain(">Logo &lt;b&gt;&amp;</div>");
  });

  it("stay as they are when the size is none, or the node no picture", () => {
    full(el(6, "img"), el(7, "p"));
    const before = byId<HTMLImageElement>(6).src;
    apply({ t: "picture", id: 6, width: -3, height: 48 });
    apply({ t: "picture", id: 7, width: 10, height: 10 });
    expect(byId<HTMLImageElement>(6).src).toBe(before);
    expect(byId<Element>(7).getAttributeNames()).toEqual([]);
  });
});

describe("fields", () => {
  it("puts the caret where the kiosk's is, with the value", () => {
    full(el(6, "input", { value: "a" }));
    apply({ t: "input", id: 6, text: "abc", checked: false, start: 1, end: 2 });
    const field = byId<HTMLInputElement>(6);
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(["abc", 1, 2]);
  });

  it("show what is typed and ticked", () => {
    full(
      el(6, "input", { type: "text" }),
      el(7, "input", { type: "checkbox" }),
      el(8, "textarea", {}),
    );
    apply({ t: "input", id: 6, text: "Indivision Girardin", checked: false });
    apply({ t: "input", id: 7, text: "on", checked: true });
    apply({ t: "input", id: 8, text: "deux\nlignes", checked: false });
    expect(byId<HTMLInputElement>(6).value).toBe("Indivision Girardin");
    expect(byId<HTMLInputElement>(7).checked).toBe(true);
    expect(byId<HTMLTextAreaElement>(8).value).toBe("deux\nlignes");
  });

  it("show a blind field as filled, never a value", () => {
    full(el(6, "input", { type: "password" }));
    apply({ t: "blind", id: 6, filled: true });
    apply({ t: "input", id: 6, text: "secret", checked: false });
    const field = byId<HTMLInputElement>(6);
    expect(field.value).toBe("");
    expect(field.placeholder).toContain("Rempli par l’usager");
    expect(field.getAttribute("data-cordee-blind")).toBe("filled");
    apply({ t: "blind", id: 6, filled: false });
    expect(field.placeholder).toBe("Champ caché");
  });

  it("show where the kiosk's focus is, in one place", () => {
    full(el(6, "input"), el(7, "input"));
    apply({ t: "focus", id: 6 });
    apply({ t: "focus", id: 7 });
    expect(replay.doc.querySelectorAll("[data-cordee-focus]")).toHaveLength(1);
    expect(replay.focusId).toBe(7);
    expect(focused).toEqual([6, 7]);
  });
});

describe("scrolling", () => {
  it("waits while the agent's own is on its way, then takes the kiosk's", () => {
    full(el(6, "div"));
    scrolling.add(6);
    apply({ t: "scroll", id: 6, top: 40, left: 0 });
    expect(byId<Element>(6).scrollTop).toBe(0);
    scrolling.clear();
    replay.settleScroll();
    expect(byId<Element>(6).scrollTop).toBe(40);
  });
});
