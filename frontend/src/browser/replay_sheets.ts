/** Style rules that the kiosk's page changed by script (rrweb's sources 8 and 15). */
import type { ReplayEvent, Rule, StyleChange } from "../core/replay_events.ts";
import { isElement, type NodeMap } from "./replay_build.ts";

/** What the replay adds to the page, in the page's own document. */
const MARKS = `
[data-cordee-focus] { outline: 3px solid #c2480b !important; outline-offset: 1px !important; }
[data-cordee-echo] {
  text-decoration: underline dashed 2px currentcolor !important; text-decoration-skip-ink: none !important;
  /* Lower, a field of one line would cut it off. */
  text-underline-offset: 1px !important;
}
[data-cordee-blind] {
  background: repeating-linear-gradient(135deg, #eceeed 0 8px, #fff 8px 16px) !important;
  color: #40551a !important;
}
[data-cordee-blind]::placeholder { color: #40551a !important; opacity: 1 !important; font-weight: 600; }
cordee-silent, cordee-link { display: none !important; }
/* Where nothing runs, browsers give every film its controls (HTML, section 4.8.11.13). */
video:not([controls])::-webkit-media-controls { display: none !important; }
cordee-box { display: inline-block; border: 1px dashed #6b7c83; }
`;

type RulesEvent = Extract<ReplayEvent, { kind: "rules" }>;
type AdoptedEvent = Extract<ReplayEvent, { kind: "adopted" }>;

export class ReplaySheets {
  readonly #sheets = new Map<number, CSSStyleSheet>();
  readonly #map: NodeMap;
  readonly #lent: (doc: Document) => CSSStyleSheet[];

  /** `lent` makes the sheets that a document adopts beside the page's own. */
  constructor(map: NodeMap, lent: (doc: Document) => CSSStyleSheet[] = () => []) {
    this.#map = map;
    this.#lent = lent;
  }

  clear(doc: Document): void {
    this.#sheets.clear();
    this.empty(doc);
  }

  /** Takes the sheets made by script from a document. */
  empty(doc: Document): void {
    if (doc.adoptedStyleSheets !== undefined) doc.adoptedStyleSheets = [];
  }

  #sheetOf(id: number, styleId: number): CSSStyleSheet | null {
    const made = this.#sheets.get(styleId);
    if (made !== undefined) return made;
    const node = this.#map.node(id);
    return isElement(node) && node.localName === "style"
      ? (node as HTMLElement as HTMLStyleElement).sheet
      : null;
  }

  rules(event: RulesEvent): void {
    const sheet = this.#sheetOf(event.id, event.styleId);
    if (sheet === null) return;
    if (event.replace !== null) sheet.replaceSync(event.replace);
    for (const index of event.removes) {
      const [list, at] = ruleList(sheet, index);
      attempt(() => list?.deleteRule(at));
    }
    insert(sheet, event.adds);
  }

  adopt(event: AdoptedEvent): void {
    const node = this.#map.node(event.id);
    if (node === undefined) return;
    const doc = node.nodeType === 9 ? (node as Document) : node.ownerDocument;
    const Sheet = doc?.defaultView?.CSSStyleSheet;
    if (!doc || Sheet === undefined) return;
    for (const { styleId, rules } of event.styles) {
      const sheet = new Sheet();
      insert(sheet, rules);
      this.#sheets.set(styleId, sheet);
    }
    const sheets = event.styleIds.flatMap((id) => this.#sheets.get(id) ?? []);
    const root = isElement(node) ? node.shadowRoot : (node as Document);
    if (root !== null) root.adoptedStyleSheets = sheets;
    this.mark(root ?? doc);
  }

  /** Adds the marks of focus and blind fields to a document or a shadow root. */
  mark(root: Document | ShadowRoot): void {
    const doc = root.nodeType === 9 ? (root as Document) : root.ownerDocument;
    const Sheet = doc?.defaultView?.CSSStyleSheet;
    if (Sheet === undefined || root.adoptedStyleSheets === undefined) return;
    const sheet = new Sheet();
    attempt(() => sheet.replaceSync(MARKS));
    const lent = root === doc ? this.#lent(doc) : [];
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...lent, sheet];
  }
}

type RuleList = {
  cssRules: CSSRuleList;
  insertRule(r: string, i: number): number;
  deleteRule(i: number): void;
};

/** Returns the list that holds the rule of a nested index, and its place there. */
function ruleList(sheet: CSSStyleSheet, index: readonly number[]): [RuleList | null, number] {
  let list: RuleList | null = sheet;
  for (const at of index.slice(0, -1)) {
    const inner: CSSRule | undefined = list.cssRules[at];
    if (inner === undefined || !("insertRule" in inner)) return [null, 0];
    list = inner as CSSRule & RuleList;
  }
  return [list, index.at(-1) ?? 0];
}

function insert(sheet: CSSStyleSheet, rules: readonly Rule[]): void {
  for (const { rule, index } of rules) {
    const [list, at] = ruleList(sheet, index.length === 0 ? [sheet.cssRules.length] : index);
    attempt(() => list?.insertRule(rule, Math.min(at, list.cssRules.length)));
  }
}

/** Sets or takes away one property of a style. */
export function setProperty(style: CSSStyleDeclaration, name: string, change: StyleChange): void {
  if (change === null) style.removeProperty(name);
  else style.setProperty(name, change.value, change.priority);
}

/** A rule that this browser does not know changes nothing here. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // The kiosk's browser took it; the difference is one of style.
  }
}
