// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";

let heededAt: (element: Element) => Element | null;

/** Shows a page whose rules have these selectors. */
function shows(...selectors: string[]): void {
  document.body.innerHTML =
    "<nav><ul><li id='item'><a id='link'>x</a></li></ul></nav><p id='p'>y</p>";
  const cssRules = selectors.map((selectorText) => ({ selectorText }));
  vi.spyOn(document, "styleSheets", "get").mockReturnValue([
    { cssRules },
  ] as unknown as StyleSheetList);
}

const at = (id: string): string | undefined => {
  const element = document.getElementById(id);
  return element === null ? undefined : heededAt(element)?.id;
};

beforeEach(async () => {
  vi.resetModules();
  vi.stubGlobal("CSS", {
    supports: (text: string) => text.split("(").length === text.split(")").length,
  });
  Object.defineProperty(document, "adoptedStyleSheets", { value: [], configurable: true });
  ({ heededAt } = await import("../../src/recorder/hovers.ts"));
});

describe("what a page's rules heed when it is pointed at", () => {
  it("is nothing where no rule says hover", () => {
    shows("a", ".md\\:hover\\:x", "a:hovering");
    expect(at("link")).toBeUndefined();
  });

  it("is what is written before it, whatever the rule is about", () => {
    shows("nav li:hover > ul", "b:hover i");
    expect(at("link")).toBe("item");
    expect(at("p")).toBeUndefined();
  });

  it("is anything where the rule says too little", () => {
    shows("nav :is(b, li:hover) a");
    expect(at("p")).toBe("p");
  });
});
