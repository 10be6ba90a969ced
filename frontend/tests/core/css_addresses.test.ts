import { describe, expect, it } from "vitest";
import { addressesIn, replaceAddresses } from "../../src/core/css_addresses.ts";
import { cleanCss } from "../../src/core/replay_clean.ts";

const keyed = (css: string, ratio = 1): string =>
  replaceAddresses(css, ratio, (address) => `<${address}>`);

describe("addresses in style rules", () => {
  it.each([
    ["p{background:url(a.png)}", "p{background:<a.png>}"],
    [`p{background:red URL( "a b.png" ) no-repeat}`, "p{background:red <a b.png> no-repeat}"],
    ["p{background:url('x\\29 y.png'), url(b)}", "p{background:<x)y.png>, <b>}"],
    ["p{background:url(\\61.png)}", "p{background:<a.png>}"],
    [`p::after{content:"url(a.png)"}`, `p::after{content:"url(a.png)"}`],
    ["/* url(a) */p{color:red}", "/* url(a) */p{color:red}"],
    ["p{--curl(a.png)}", "p{--curl(a.png)}"],
    ["p{background:url()}", "p{background:<>}"],
    ["@import url(x.css);p{background:url(a)}", "@import none;p{background:<a>}"],
    ["@font-face{src:url(f.woff2)}p{background:url(a)}", "@font-face{src:none}p{background:<a>}"],
    [
      `p{background:image-set("a.png" 1x, url(b.png) type("image/png") 2x)}`,
      "p{background:<a.png>}",
    ],
    [
      "p{background:image-set(linear-gradient(red,blue) 1x)}",
      "p{background:image-set(linear-gradient(red,blue) 1x)}",
    ],
    ["p{background:url(a", "p{background:url(a"],
  ])("replaces in %s", (css, expected) => {
    expect(keyed(css)).toBe(expected);
  });

  it("takes of a choice what the screen needs", () => {
    const css = `image-set("a" 1x, "b" 2x, "c" 288dpi)`;
    expect(keyed(css, 1)).toBe("<a>");
    expect(keyed(css, 1.5)).toBe("<b>");
    expect(keyed(css, 4)).toBe("<c>");
  });

  it("finds a font's addresses in their order", () => {
    expect(addressesIn(`local("X"), url("a.woff2") format("woff2"), url(b.woff)`)).toEqual([
      "a.woff2",
      "b.woff",
    ]);
  });

  it("leaves behind nothing that the replay's cleaning would change", () => {
    const css = replaceAddresses(
      "p{background:url(https://a/x.png) 0 0,image-set(url(b) 1x)}",
      1,
      () => "var(--cordee-u-1-2, none)",
    );
    expect(cleanCss(css)).toBe(css);
  });

  it("takes its time from the length, not from what a page writes", () => {
    const began = performance.now();
    for (const one of ["url(", '"', "/*", "image-set(", "@font-face{", "url('\\"]) {
      keyed(one.repeat(20_000));
    }
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
