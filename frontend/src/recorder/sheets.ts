/** Style rules made by the page's scripts: read here, told as what was added and taken away. */

import type { Line } from "./lines.ts";

/** rrweb's numbers for these two. */
const RULES = 8;
const ADOPTED = 15;

export class Sheets {
  #ruled = new WeakMap<Element, string[]>();
  #adopted = new WeakMap<Node, string>();
  #known = new Map<string, number>();
  readonly #idOf: (node: Node) => number;
  readonly #put: (line: Line) => void;

  constructor(idOf: (node: Node) => number, put: (line: Line) => void) {
    this.#idOf = idOf;
    this.#put = put;
  }

  /** A whole picture has been sent: `style` elements in it are told as they are now. */
  baseline(root: Node): void {
    this.#adopted = new WeakMap();
    this.#known.clear();
    this.learn(root);
  }

  /** The `style` elements under `root` have just been sent whole. */
  learn(root: Node): void {
    if (root.nodeName === "STYLE") this.#ruled.set(root as Element, rulesOf(root as Element));
    if (!("querySelectorAll" in root)) return;
    for (const style of (root as ParentNode).querySelectorAll("style")) {
      this.#ruled.set(style, rulesOf(style));
    }
  }

  /** Tells how the rules of a `style` differ from those told. */
  checkStyle(style: Element): void {
    const id = this.#idOf(style);
    if (id === 0) return;
    const before = this.#ruled.get(style) ?? [];
    const now = rulesOf(style);
    let same = 0;
    while (same < before.length && same < now.length && before[same] === now[same]) same++;
    let end = 0;
    while (
      end < before.length - same &&
      end < now.length - same &&
      before[before.length - 1 - end] === now[now.length - 1 - end]
    ) {
      end++;
    }
    if (same + end === before.length && same + end === now.length) return;
    this.#ruled.set(style, now);
    const removes = [];
    for (let at = before.length - end - 1; at >= same; at--) removes.push({ index: at });
    const adds = now
      .slice(same, now.length - end)
      .map((rule, position) => ({ rule, index: same + position }));
    this.#put({ t: "sheet", source: RULES, id, removes, adds });
  }

  /** Tells the constructed sheets of a document or shadow root, when they changed. */
  checkAdopted(root: Document | ShadowRoot): void {
    const sheets = root.adoptedStyleSheets ?? [];
    const texts = Array.from(sheets, (sheet) => ruleTexts(sheet).join("\n"));
    const word = texts.join("\f");
    if ((this.#adopted.get(root) ?? "") === word) return;
    const id = this.#idOf("host" in root ? root.host : root);
    if (id === 0) return;
    this.#adopted.set(root, word);
    const styles: unknown[] = [];
    const styleIds = texts.map((text, at) => {
      const known = this.#known.get(text);
      if (known !== undefined) return known;
      const styleId = nextStyleId++;
      this.#known.set(text, styleId);
      const sheet = sheets[at];
      const rules = sheet === undefined ? [] : ruleTexts(sheet);
      styles.push({ styleId, rules: rules.map((rule, index) => ({ rule, index })) });
      return styleId;
    });
    this.#put({ t: "sheet", source: ADOPTED, id, styles, styleIds });
  }
}

let nextStyleId = 1;

/** Keeps the numbers of made sheets apart from those of other documents of the visit. */
export function beginStyleIdsAt(offset: number): void {
  nextStyleId = Math.max(nextStyleId, offset + 1);
}

function rulesOf(style: Element): string[] {
  const sheet = "sheet" in style ? (style as HTMLStyleElement).sheet : null;
  return sheet === null ? [] : ruleTexts(sheet);
}

function ruleTexts(sheet: CSSStyleSheet): string[] {
  try {
    return Array.from(sheet.cssRules, (rule) => rule.cssText);
  } catch {
    return [];
  }
}
