/**
 * What the mirror brings is made by a page that nobody trusts: every node is parsed and cleaned
 * here, in one pass, before any of it is built. Nothing that could run, fetch, navigate or submit
 * comes through; the replay document's own policy stands behind this.
 *
 * Nodes are those of rrweb-snapshot 2 (`serializedNodeWithId`).
 */

export type CleanNode =
  | {
      readonly kind: "document";
      readonly id: number;
      readonly isQuirks: boolean;
      readonly children: readonly CleanNode[];
    }
  | { readonly kind: "doctype"; readonly id: number }
  | CleanElement
  | { readonly kind: "text"; readonly id: number; readonly text: string; readonly isCss: boolean }
  | { readonly kind: "comment"; readonly id: number };

export interface CleanElement {
  readonly kind: "element";
  readonly id: number;
  readonly tag: string;
  readonly isSvg: boolean;
  readonly isShadowHost: boolean;
  readonly isInShadow: boolean;
  readonly attributes: Readonly<Record<string, string>>;
  /** CSS of a `style` or of a `link` that was read into the snapshot. */
  readonly css: string | null;
  readonly scroll: { readonly top: number; readonly left: number } | null;
  readonly children: readonly CleanNode[];
}

/** Elements whose only use is to run, fetch or embed: a quiet box stands in their place. */
const BOXED = new Set(["object", "embed", "applet", "portal", "fencedframe"]);
const SILENT = new Set(["script", "noscript", "base", "meta", "template"]);
const FETCHING = new Set([
  "src",
  "srcset",
  "href",
  "xlink:href",
  "poster",
  "background",
  "data",
  "action",
  "formaction",
  "ping",
  "manifest",
  "longdesc",
  "cite",
  "srcdoc",
  "archive",
  "classid",
  "codebase",
  "profile",
  "usemap",
  "imagesrcset",
  "sandbox",
  "csp",
  "nonce",
  "integrity",
  "http-equiv",
  "is",
  "slot-assign",
  "autofocus",
  "target",
]);
const NAME = /^[A-Za-z_][\w.:-]*$/;
const TAG = /^[A-Za-z][\w.:-]*$/;
const DEPTH_MOST = 200;

/** Returns the node cleaned, or null when it is none. */
export function cleanNode(value: unknown, depth = 0): CleanNode | null {
  if (!isRecord(value) || depth > DEPTH_MOST) return null;
  const { id, type } = value;
  if (typeof id !== "number") return null;
  switch (type) {
    case 0:
      return {
        kind: "document",
        id,
        isQuirks: value.compatMode === "BackCompat",
        children: children(value, depth),
      };
    case 1:
      return { kind: "doctype", id };
    case 2:
      return element(value, id, depth);
    case 3:
    case 4: {
      const text = typeof value.textContent === "string" ? value.textContent : "";
      const isCss = value.isStyle === true;
      return { kind: "text", id, text: isCss ? cleanCss(text) : text, isCss };
    }
    case 5:
      return { kind: "comment", id };
    default:
      return null;
  }
}

function element(value: Record<string, unknown>, id: number, depth: number): CleanElement | null {
  const named = typeof value.tagName === "string" ? value.tagName : "";
  if (!TAG.test(named)) return null;
  const given = isRecord(value.attributes) ? value.attributes : {};
  const isSvg = value.isSVG === true;
  const css = typeof given._cssText === "string" ? cleanCss(given._cssText) : null;
  const attributes: Record<string, string> = {};
  for (const [name, raw] of Object.entries(given)) {
    const clean = cleanAttribute(named, name, raw);
    if (clean !== null) attributes[name] = clean;
  }
  if (typeof given.rr_width === "string") size(attributes, "width", given.rr_width);
  if (typeof given.rr_height === "string") size(attributes, "height", given.rr_height);
  // An `href` tells style sheets and screen readers that this is a link, and leads nowhere.
  if (named === "a" && typeof given.href === "string") attributes.href = "#";
  const tag = standIn(named, css);
  return {
    kind: "element",
    id,
    tag,
    isSvg,
    isShadowHost: value.isShadowHost === true,
    isInShadow: value.isShadow === true,
    attributes,
    css,
    scroll: scrollOf(given),
    children: SILENT.has(named) ? [] : children(value, depth),
  };
}

function standIn(tag: string, css: string | null): string {
  if (tag === "link") return css === null ? "cordee-link" : "style";
  if (SILENT.has(tag)) return "cordee-silent";
  return BOXED.has(tag) ? "cordee-box" : tag;
}

function size(attributes: Record<string, string>, side: string, value: string): void {
  if (!/^[\d.]+px$/.test(value)) return;
  attributes.style = `${attributes.style ?? ""};${side}:${value}`;
}

/**
 * Returns an attribute as it may be set, or null when it may not be. `true` stands for an
 * attribute without value.
 */
export function cleanAttribute(tag: string, name: string, value: unknown): string | null {
  const lower = name.toLowerCase();
  if (value === null || value === false || value === undefined) return null;
  if (!NAME.test(name) || /^(on|rr_|data-cordee-)/.test(lower)) return null;
  if (lower === "_csstext" || FETCHING.has(lower)) {
    // A reference inside the same drawing fetches nothing.
    const isOwn = lower.endsWith("href") && tag === "use" && String(value).startsWith("#");
    return isOwn ? String(value) : null;
  }
  if (value === true) return "";
  if (typeof value !== "string" && typeof value !== "number") return null;
  const text = String(value);
  if (lower === "style" || text.includes("(")) return cleanCss(text);
  return text;
}

/** Returns style rules without anything that would fetch. */
export function cleanCss(css: string): string {
  return withoutCalls(unescaped(css).replace(/@import[^;]*(;|$)/gi, " "));
}

const ESCAPE = /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|[^\r\n\f])/gi;
const CALL = /url\(|(?<![\w-])(?:src|image|(?:-webkit-)?image-set)\(/gi;
const OWN = /^url\(\s*(["']?)#[\w-]*\1\s*\)$/i;

/** Writes letters as themselves (CSS Syntax, section 4.3.7): `\75rl(` is `url(`. */
function unescaped(css: string): string {
  return css.replace(ESCAPE, (found, hex?: string) => {
    const letter = hex === undefined ? found.slice(1) : letterOf(Number.parseInt(hex, 16));
    return /^[a-z-]$/i.test(letter) ? letter : found;
  });
}

function letterOf(code: number): string {
  return code < 128 ? String.fromCharCode(code) : "";
}

/** Puts `none` in the place of every address; one that is never closed reaches to the end. */
function withoutCalls(css: string): string {
  let clean = "";
  let from = 0;
  for (const { 0: opening, index } of css.matchAll(CALL)) {
    if (index < from) continue;
    const end = endOfCall(css, index + opening.length);
    const call = css.slice(index, end);
    clean += css.slice(from, index) + (OWN.test(call) ? call : "none");
    from = end;
  }
  return clean + css.slice(from);
}

function endOfCall(css: string, start: number): number {
  let depth = 1;
  let quote = "";
  for (let at = start; at < css.length; at++) {
    const letter = css[at] ?? "";
    if (letter === "\\") at++;
    else if (quote !== "") quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "(") depth++;
    else if (letter === ")" && --depth === 0) return at + 1;
  }
  return css.length;
}

function children(value: Record<string, unknown>, depth: number): CleanNode[] {
  if (!Array.isArray(value.childNodes)) return [];
  return value.childNodes
    .map((child) => cleanNode(child, depth + 1))
    .filter((child) => child !== null);
}

function scrollOf(given: Record<string, unknown>): CleanElement["scroll"] {
  const top = given.rr_scrollTop;
  const left = given.rr_scrollLeft;
  if (typeof top !== "number" && typeof left !== "number") return null;
  return {
    top: typeof top === "number" ? top : 0,
    left: typeof left === "number" ? left : 0,
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
