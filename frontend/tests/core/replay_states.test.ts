import { describe, expect, it } from "vitest";
import { reflectStates } from "../../src/core/replay_states.ts";

describe("rules about states that the replay marks", () => {
  it.each([
    ["a:hover { x: y }", "a:is(:hover,[data-cordee-hover]) { x: y }"],
    [
      "li:hover > ul,b:FOCUS{}",
      "li:is(:hover,[data-cordee-hover]) > ul,b:is(:FOCUS,[data-cordee-focus]){}",
    ],
    [":focus-within{}", ":is(:focus-within,[data-cordee-within]){}"],
    [":host(:focus-visible){}", ":host(:is(:focus-visible,[data-cordee-ring])){}"],
    ["p:target{}", "p:is(:target,[data-cordee-target]){}"],
  ])("also match the marks: %s", (given, wanted) => {
    expect(reflectStates(given)).toBe(wanted);
    expect(reflectStates(wanted)).toBe(wanted);
  });

  it.each([
    'a::before { content: ":hover" }',
    "a::after { content: ':focus' }",
    "/* a:hover */ p { x: y }",
    ".md\\:hover { x: y }",
    "input::-webkit-slider-thumb:hover { x: y }",
    "x::part(y):hover { x: y }",
    "a:target-within, a:hovering { x: y }",
    "a { color: red }",
  ])("leave everything else alone: %s", (css) => {
    expect(reflectStates(css)).toBe(css);
  });

  it("are read in time that grows with their length only", () => {
    const long = `${"::a(".repeat(50_000)}:hover ${'"'.repeat(50_001)} ${"/*".repeat(50_000)}`;
    const before = performance.now();
    reflectStates(long);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
