/** Which elements a page's rules look at when they are pointed at: only those are worth a line. */

const KEPT_MS = 2000;
const RULES_MOST = 20_000;
const HOVER = /(?<!\\):hover(?![\w-])/gi;

let selector = "";
let readAt = Number.NEGATIVE_INFINITY;

/**
 * Returns the element or the nearest around it whose being pointed at may change something, null
 * when that changes nothing.
 */
export function heededAt(element: Element): Element | null {
  // The rules of a shadow root and of a frame are its own, and few.
  if (element.getRootNode() !== document) return element;
  const now = performance.now();
  if (now - readAt > KEPT_MS) {
    selector = heededBy(document);
    readAt = now;
  }
  return selector === "" ? null : element.closest(selector);
}

/** Returns a selector of all that is written before a `:hover`, "" where there is none. */
function heededBy(root: Document): string {
  const found = new Set<string>();
  const waiting: (CSSRuleList | null)[] = [...root.styleSheets, ...root.adoptedStyleSheets].map(
    rulesOf,
  );
  let left = RULES_MOST;
  for (let list = waiting.pop(); list !== undefined; list = waiting.pop()) {
    for (const rule of list ?? []) {
      if (left-- <= 0) return "*";
      if ("selectorText" in rule) note(String(rule.selectorText), found);
      if ("cssRules" in rule) waiting.push(rule.cssRules as CSSRuleList);
    }
  }
  return [...found].join(",");
}

function note(text: string, found: Set<string>): void {
  for (const { index } of text.matchAll(HOVER)) {
    const before = text.slice(0, index).replace(HOVER, "");
    const whole = /(^|[\s>+~,])$/.test(before) ? `${before}*` : before;
    // Inside brackets, or nested in another rule, it says too little alone.
    found.add(CSS.supports(`selector(${whole})`) && !whole.includes("&") ? whole : "*");
  }
}

function rulesOf(sheet: CSSStyleSheet): CSSRuleList | null {
  try {
    return sheet.cssRules;
  } catch {
    return null;
  }
}
