import { describe, expect, it } from "vitest";
import {
  type CleanElement,
  cleanAttribute,
  cleanCss,
  cleanNode,
} from "../../src/core/replay_clean.ts";
import { parseReplayLine } from "../../src/core/replay_events.ts";

function element(tagName: string, attributes: Record<string, unknown>): CleanElement {
  const node = cleanNode({ type: 2, id: 1, tagName, attributes, childNodes: [] });
  if (node?.kind !== "element") throw new Error("no element");
  return node;
}

describe("cleaning", () => {
  it("lets nothing through that runs or fetches", () => {
    const hostile = {
      src: "https://partner.example/a.png",
      srcset: "a.png 2x",
      onerror: "alert(1)",
      ONLOAD: "alert(1)",
      srcdoc: "<script>1</script>",
      formaction: "https://partner.example",
      ping: "https://partner.example",
      autofocus: true,
      alt: "Plan d’accès",
    };
    expect(element("img", hostile).attributes).toEqual({ alt: "Plan d’accès" });
  });

  it("shows a link as a link that leads nowhere", () => {
    expect(element("a", { href: "javascript:alert(1)" }).attributes).toEqual({ href: "#" });
  });

  it("keeps neither scripts nor their text", () => {
    const script = {
      type: 2,
      id: 1,
      tagName: "script",
      attributes: {},
      childNodes: [{ type: 3, id: 2, textContent: "alert(1)" }],
    };
    expect(cleanNode(script)).toMatchObject({ tag: "cordee-silent", children: [] });
  });

  it("knows a script whatever its letters", () => {
    expect(element("SCRIPT", {}).tag).toBe("cordee-silent");
    expect(element("ScRiPt", { src: "x.js" })).toMatchObject({
      tag: "cordee-silent",
      attributes: {},
    });
  });

  it("lets no animation write an address, a handler or a style", () => {
    for (const name of ["href", "xlink:href", "onclick", " SRC", "style"]) {
      expect(element("animate", { attributeName: name, to: "javascript:x" }).attributes).toEqual(
        {},
      );
    }
    expect(element("animate", { attributeName: "x", to: "5" }).attributes).toEqual({
      attributeName: "x",
      to: "5",
    });
  });

  it("keeps what lies deep, as far as any parser nests, without deep calls", () => {
    const nested = (depth: number): object => {
      let node: object = { type: 3, id: 1, textContent: "fond" };
      for (let id = 2; id < depth + 2; id++) {
        node = { type: 2, id, tagName: "div", attributes: {}, childNodes: [node] };
      }
      return node;
    };
    expect(JSON.stringify(cleanNode(nested(512)))).toContain("fond");
    expect(JSON.stringify(cleanNode(nested(100_000)))).not.toContain("fond");
  });

  it("tells in which mode a document is laid out", () => {
    const doc = (given: object, publicId = ""): unknown =>
      cleanNode({ type: 0, id: 1, childNodes: [{ type: 1, id: 2, publicId }], ...given });
    expect(doc({})).toMatchObject({ mode: "standard" });
    expect(doc({}, "-//W3C//DTD XHTML 1.0 Transitional//EN")).toMatchObject({ mode: "limited" });
    expect(doc({ compatMode: "BackCompat" })).toMatchObject({ mode: "quirks" });
  });

  it("makes a read style sheet of a link, and nothing of one that was not read", () => {
    const css = "b { background: url(https://partner.example/x.png) }";
    expect(element("link", { rel: "stylesheet", href: "a.css", _cssText: css })).toMatchObject({
      tag: "style",
      css: "b { background: none }",
    });
    expect(element("link", { rel: "stylesheet", href: "a.css" }).tag).toBe("cordee-link");
  });

  it("takes every address out of styles", () => {
    expect(cleanCss("@import url('x.css'); a { color: red }")).not.toContain("x.css");
    expect(cleanCss('a { background: URL( "x.png" ) no-repeat }')).not.toContain("x.png");
    expect(cleanCss("a { background: image-set('x.png' 1x) }")).not.toContain("x.png");
    expect(cleanCss("a { clip-path: url(#cut) }")).toContain("url(#cut)");
    expect(cleanAttribute("div", "style", "background:url(x.png)")).toBe("background:none");
  });

  it.each([
    String.raw`a { background: \75rl(http://x/) }`,
    String.raw`a { background: \000075 \52\6c (http://x/) }`,
    String.raw`a { background: \url(http://x/) }`,
    String.raw`a { background: url("a\"b http://x/") }`,
    "a { background: url(http://x/",
    'a { background: url("http://x/" crossorigin(anonymous)) }',
    'a { background: image("http://x/") }',
    String.raw`@\69mport "http://x/";`,
    '@im@import "a";port "http://x/";',
    "@import 'http://x/'",
  ])("takes out an address however it is written: %s", (css) => {
    expect(cleanCss(css)).not.toMatch(/url\(|@import|http:\/\/x\/"?\)/i);
  });

  it("keeps escapes that belong to names", () => {
    const css = String.raw`.\31 0, .a\:b { content: "\2014"; font: "C\\75rl" }`;
    expect(cleanCss(css)).toBe(css);
  });

  it("keeps what forms show", () => {
    const field = { type: "text", value: "Été", checked: true, maxlength: 5, disabled: false };
    expect(element("input", field).attributes).toEqual({
      type: "text",
      value: "Été",
      checked: "",
      maxlength: "5",
    });
  });

  it("refuses what is no node", () => {
    expect(
      cleanNode({ type: 2, id: 1, tagName: "a b", attributes: {}, childNodes: [] }),
    ).toBeNull();
    expect(cleanNode({ type: 9, id: 1 })).toBeNull();
    expect(cleanNode("text")).toBeNull();
  });
});

describe("lines of the mirror", () => {
  it("are refused when unreadable or unknown", () => {
    expect(parseReplayLine("{")).toBeNull();
    expect(parseReplayLine('{"t":"eval"}')).toBeNull();
  });

  it("carry changes of single style properties", () => {
    const d = {
      texts: [],
      removes: [],
      adds: [],
      attributes: [
        {
          id: 4,
          attributes: {
            style: { color: "red", margin: ["0", "important"], top: false },
            title: null,
          },
        },
      ],
    };
    expect(parseReplayLine(JSON.stringify({ t: "mutation", d }))).toMatchObject({
      attributes: [
        {
          id: 4,
          attributes: {
            style: {
              color: { value: "red", priority: "" },
              margin: { value: "0", priority: "important" },
              top: null,
            },
            title: null,
          },
        },
      ],
    });
  });
});
