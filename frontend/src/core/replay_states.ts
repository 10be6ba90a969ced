/**
 * States that the replay's document never has by itself, since nobody points at it or types into
 * it: the replay marks the nodes, and rules about these states also match the marks.
 */

export const MARKS = {
  hover: "data-cordee-hover",
  focus: "data-cordee-focus",
  "focus-visible": "data-cordee-ring",
  "focus-within": "data-cordee-within",
  target: "data-cordee-target",
} as const;

/**
 * Texts and comments stay as they are; so does a state of a pseudo-element, which has no node that
 * could be marked. What has been reflected already is left alone.
 */
const STATES =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\/|(?<!\\|::[\w-]{1,40}|::[\w-]{1,40}\([^()]{0,80}\)):(hover|focus-visible|focus-within|focus|target)(?![\w(-]|,\[data-cordee-)/gi;

/** Returns rules in which every such state is also met by its mark, as specific as before. */
export function reflectStates(css: string): string {
  if (!css.includes(":")) return css;
  return css.replace(STATES, (found, state?: string) => {
    const mark = state && MARKS[state.toLowerCase() as keyof typeof MARKS];
    return mark ? `:is(${found},[${mark}])` : found;
  });
}
