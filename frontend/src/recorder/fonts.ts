/** The fonts that the page's style sheets bring and its words use: their descriptors and keys. */

import { addressesIn } from "../core/css_addresses.ts";
import type { Assets } from "./assets.ts";
import type { Line } from "./lines.ts";

const FONTS_MOST = 64;
/** Descriptors of `@font-face` by their names in a FontFace (CSS Font Loading 3, section 2.1). */
const DESCRIPTORS = {
  style: "font-style",
  weight: "font-weight",
  stretch: "font-stretch",
  unicodeRange: "unicode-range",
  featureSettings: "font-feature-settings",
  variationSettings: "font-variation-settings",
  ascentOverride: "ascent-override",
  descentOverride: "descent-override",
  lineGapOverride: "line-gap-override",
  sizeAdjust: "size-adjust",
};

/** Returns a line for each font of a document that is in use. */
export function fontLines(doc: Document, idOf: (node: Node) => number, assets: Assets): Line[] {
  const used = new Set<string>();
  for (const face of doc.fonts) if (face.status === "loaded") used.add(bare(face.family));
  const id = idOf(doc);
  if (used.size === 0 || id === 0) return [];
  const lines: Line[] = [];
  for (const sheet of [...doc.styleSheets, ...doc.adoptedStyleSheets]) {
    for (const rule of fontRules(sheet)) {
      const family = bare(rule.style.getPropertyValue("font-family"));
      if (!used.has(family) || lines.length >= FONTS_MOST) continue;
      const addresses = addressesIn(rule.style.getPropertyValue("src"));
      const key = assets.key("f", addresses, sheet.href ?? doc.baseURI);
      if (key !== null) lines.push({ t: "font", id, key, family, d: descriptors(rule) });
    }
  }
  return lines;
}

/** Calls `tell` when fonts of a document have come. */
export function watchFonts(doc: Document, tell: (doc: Document) => void): void {
  doc.fonts.addEventListener("loadingdone", () => tell(doc));
}

function descriptors({ style }: CSSFontFaceRule): Record<string, string> {
  const told: Record<string, string> = {};
  for (const [name, descriptor] of Object.entries(DESCRIPTORS)) {
    const value = style.getPropertyValue(descriptor);
    if (value !== "") told[name] = value;
  }
  return told;
}

function fontRules(sheet: CSSStyleSheet): CSSFontFaceRule[] {
  try {
    return [...sheet.cssRules].flatMap((rule) => {
      if (rule.constructor.name === "CSSFontFaceRule") return [rule as CSSFontFaceRule];
      const inner = "styleSheet" in rule ? (rule as CSSImportRule).styleSheet : null;
      return inner === null ? [] : fontRules(inner);
    });
  } catch {
    // A sheet of another site does not say what is in it.
    return [];
  }
}

function bare(family: string): string {
  return family.trim().replace(/^(["'])(.*)\1$/, "$2");
}
