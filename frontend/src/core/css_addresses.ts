/** Finds the addresses in style rules (CSS Values 4, section 4.5; CSS Images 4, section 2.4). */

/** Returns what stands for an address there; null leaves it as it is. */
export type Replace = (address: string) => string | null;

const COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
const QUOTED = /"(?:\\[\s\S]|[^"\\])*(?:"|$)|'(?:\\[\s\S]|[^'\\])*(?:'|$)/y;
const ADDRESS =
  /url\(\s*(?:"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|((?:\\[\s\S]|[^)\\"'\s])*))\s*\)/iy;
const OPENED = /url\(/iy;
const CHOICE = /(?:-webkit-)?image-set\(/iy;
const AT_RULE = /@(?:font-face|import|namespace)\b/iy;
const NAME = /[\w-]+/y;
const ESCAPE = /\\(?:([0-9a-f]{1,6})(?:\r\n|[ \t\r\n\f])?|\r\n|([\s\S]))/gi;

/**
 * Returns style rules with each `url()` replaced, and each `image-set()` by the one address that
 * a screen of this device ratio takes. Addresses of fonts and imports are taken out. What follows
 * a call that is never closed stays as it is.
 */
export function replaceAddresses(css: string, ratio: number, replace: Replace): string {
  if (!/url\(|image-set\(/i.test(css)) return css;
  let out = "";
  let at = 0;
  /** How the innermost rule of fonts or imports ends; empty outside of any. */
  let until = "";
  while (at < css.length) {
    const skipped = matchAt(COMMENT, css, at) ?? matchAt(QUOTED, css, at);
    if (skipped !== null) {
      out += skipped[0];
      at += skipped[0].length;
      continue;
    }
    const rule = matchAt(AT_RULE, css, at);
    if (rule !== null) until = rule[0].toLowerCase() === "@font-face" ? "}" : ";";
    const choice = matchAt(CHOICE, css, at);
    if (choice !== null) {
      const end = endOfCall(css, at + choice[0].length);
      if (end === null) return out + css.slice(at);
      const chosen = chooseAddress(css.slice(at + choice[0].length, end - 1), ratio);
      const stands = chosen === null ? null : replace(chosen);
      out += stands ?? css.slice(at, end);
      at = end;
      continue;
    }
    const found = matchAt(ADDRESS, css, at);
    if (found !== null) {
      const address = unescaped(found[1] ?? found[2] ?? found[3] ?? "");
      out += (until === "" ? replace(address) : "none") ?? found[0];
      at += found[0].length;
      continue;
    }
    if (matchAt(OPENED, css, at) !== null) return out + css.slice(at);
    const name = matchAt(NAME, css, at);
    const step = name?.[0] ?? css[at] ?? "";
    if (step === until) until = "";
    out += step;
    at += step.length;
  }
  return out;
}

/** Returns the addresses of a `src` of `@font-face`, in its order. */
export function addressesIn(css: string): string[] {
  const found: string[] = [];
  replaceAddresses(css, 1, (address) => {
    found.push(address);
    return null;
  });
  return found;
}

/** Of the choices of an `image-set()`, the one whose resolution is enough, else the finest. */
function chooseAddress(choices: string, ratio: number): string | null {
  let best: { address: string; density: number } | null = null;
  for (const choice of choicesOf(choices)) {
    const quoted = matchAt(QUOTED, choice, 0);
    const called = matchAt(ADDRESS, choice, 0);
    const address = quoted?.[0].slice(1, -1) ?? called?.[1] ?? called?.[2] ?? called?.[3];
    if (address === undefined) continue;
    const told = /\s([\d.]+)(x|dppx|dpi)\b/i.exec(choice.slice(quoted?.[0].length ?? 0));
    const density = Number(told?.[1] ?? 1) / (told?.[2]?.toLowerCase() === "dpi" ? 96 : 1);
    const isBetter =
      best === null ||
      (best.density < ratio ? density > best.density : density >= ratio && density < best.density);
    if (isBetter) best = { address: unescaped(address), density };
  }
  return best?.address ?? null;
}

/** Cuts at the commas that stand neither in a call nor in a quotation. */
function choicesOf(text: string): string[] {
  const choices: string[] = [];
  let [from, at, depth] = [0, 0, 0];
  while (at < text.length) {
    const whole = matchAt(QUOTED, text, at) ?? matchAt(ADDRESS, text, at);
    if (whole === null) {
      if (text[at] === "(") depth += 1;
      else if (text[at] === ")") depth -= 1;
      else if (text[at] === "," && depth === 0) {
        choices.push(text.slice(from, at).trim());
        from = at + 1;
      }
    }
    at += whole?.[0].length ?? 1;
  }
  return [...choices, text.slice(from).trim()];
}

/** Null when it is never closed. */
function endOfCall(css: string, start: number): number | null {
  let depth = 1;
  for (let at = start; at < css.length; ) {
    const whole = matchAt(QUOTED, css, at) ?? matchAt(ADDRESS, css, at);
    if (whole === null && matchAt(OPENED, css, at) !== null) return null;
    if (whole === null && css[at] === "(") depth += 1;
    else if (whole === null && css[at] === ")" && --depth === 0) return at + 1;
    at += whole?.[0].length ?? 1;
  }
  return null;
}

function unescaped(text: string): string {
  return text.replace(ESCAPE, (_, hex?: string, letter?: string) => {
    if (hex === undefined) return letter === "\n" || letter === "\r" ? "" : (letter ?? "");
    const code = Number.parseInt(hex, 16);
    return code === 0 || code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
  });
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
