/** The namespaces of what a page draws and of its formulas; the mirror tells names in small letters. */
import type { CleanElement } from "../core/replay_clean.ts";

const SVG = "http://www.w3.org/2000/svg";
const MATH = "http://www.w3.org/1998/Math/MathML";
/** Inside these a formula holds what any page may hold (MathML Core, section 2.1.4). */
const TOKENS = new Set(["mi", "mo", "mn", "ms", "mtext", "annotation-xml"]);
/** SVG's names that are not in small letters. */
const MIXED = new Map(
  (
    "animateMotion animateTransform clipPath feBlend feColorMatrix feComponentTransfer feComposite " +
    "feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood " +
    "feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology " +
    "feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence foreignObject " +
    "linearGradient radialGradient textPath"
  )
    .split(" ")
    .map((name) => [name.toLowerCase(), name]),
);

/** Returns the namespace in which an element is built, null for HTML's own. */
export function spaceOf({ tag, isSvg }: CleanElement, parent: Node | null): string | null {
  if (isSvg) return SVG;
  if (tag === "math") return MATH;
  if (parent === null || !("namespaceURI" in parent)) return null;
  const isInFormula = parent.namespaceURI === MATH && !TOKENS.has((parent as Element).localName);
  return isInFormula ? MATH : null;
}

/** Returns the element's name as its namespace writes it. */
export function tagIn(space: string, tag: string): string {
  return space === SVG ? (MIXED.get(tag) ?? tag) : tag;
}
