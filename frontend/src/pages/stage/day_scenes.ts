/** The scenes of the day: nobody is in a call. */

import { drawing, element, mark } from "../../browser/elements.ts";
import type { Idle, Notice, Welcome } from "../../core/scene.ts";
import { helpLine, hidden, phone, touchButton } from "./pieces.ts";
import type { OnTouch, Region } from "./screen.ts";

/** Letters of an agent’s name beyond which it takes the width of the middle. */
const LONG_NAME = 18;

export function idleRegions(idle: Idle): readonly Region[] {
  const { place, itIs, clock, date, next, noNext, say, near } = idle;
  return [
    {
      name: "top",
      says: place,
      build: () =>
        element(
          "header",
          { class: "top-line" },
          element("h1", {}, place[0], place[1] ? element("span", {}, place[1]) : null),
          element("p", { class: "brand" }, mark(), "Cordée"),
        ),
    },
    {
      name: "now",
      says: [clock, date],
      build: () =>
        element(
          "div",
          { class: "now" },
          element("p", { class: "clock" }, hidden(itIs), clock),
          element("p", { class: "date" }, date),
        ),
    },
    {
      name: "next",
      says: [next, noNext],
      build: () =>
        next === null
          ? element("section", { class: "next is-none" }, element("h2", {}, noNext))
          : element(
              "section",
              { class: "next" },
              element("h2", {}, next.title),
              element("p", { class: "hour" }, next.hour),
              element("p", {}, next.when),
              element("p", { class: "near quiet" }, next.near),
            ),
    },
    {
      name: "foot",
      says: [say, near],
      build: () =>
        element(
          "footer",
          { class: "ground", "data-theme": "night" },
          element("p", { class: "say" }, say),
          element("p", { class: "near" }, near[0], phone(near[1]), near[2]),
        ),
    },
  ];
}

export function welcomeRegions(welcome: Welcome, onTouch: OnTouch): readonly Region[] {
  const { site, itIs, clock, title, appointment, partner, lead, text, choice, help } = welcome;
  const { you, agent, inward, left, progress } = welcome;
  return [
    {
      name: "top",
      says: [site, clock],
      build: () =>
        element(
          "header",
          { class: "top-line" },
          element("p", {}, site),
          element("p", { class: "time" }, hidden(itIs), clock),
        ),
    },
    {
      name: "hello",
      says: [title, appointment, partner],
      build: () =>
        element(
          "div",
          { class: "hello" },
          element("h1", {}, title),
          element("p", {}, `${appointment} `, element("strong", {}, partner)),
        ),
    },
    {
      name: "count",
      says: [you, agent, inward, left, Math.round(progress * 200)],
      build: () =>
        element(
          "section",
          { class: agent.length > LONG_NAME ? "count is-long" : "count" },
          element("p", { class: "who there" }, you, element("span", { class: "knot" })),
          ropeSoFar(progress),
          element("p", { class: "left" }, inward ? element("small", {}, `${inward} `) : null, left),
          element("p", { class: "who far" }, agent, element("span", { class: "knot" })),
        ),
    },
    {
      name: "rest",
      says: [lead, text],
      build: () =>
        element("section", { class: "rest" }, element("h2", {}, lead), element("p", {}, text)),
    },
    {
      name: "foot",
      says: [choice, help],
      build: () =>
        element(
          "footer",
          { class: "ground", "data-theme": "night" },
          touchButton("second", choice, onTouch),
          helpLine(help),
        ),
    },
  ];
}

export function noticeRegions({ lead, lines, call, help, kind }: Notice): readonly Region[] {
  return [
    {
      name: "notice",
      says: [kind, lead, lines, call, help],
      build: () =>
        element(
          "section",
          { class: "sheet", role: "status" },
          element("h1", {}, lead),
          ...lines.map((line) => element("p", {}, line)),
          call ? element("p", { class: "call-this" }, `${call} `, phone(help.phone)) : null,
        ),
    },
    {
      name: "foot",
      says: [help, call],
      build: () =>
        element(
          "footer",
          { class: "ground", "data-theme": "night" },
          element("p", { class: "brand" }, mark(), "Cordée"),
          call ? null : helpLine(help),
        ),
    },
  ];
}

/** The rope from the citizen to the agent: whole behind, dotted ahead. */
function ropeSoFar(progress: number): SVGSVGElement {
  const whole = "M0 10C260 120 740 120 1000 10";
  const svg = drawing("", "0 0 1000 100", [
    ["path", { class: "togo", d: whole }],
    ["path", { class: "gone", d: partOf(progress) }],
  ]);
  svg.setAttribute("preserveAspectRatio", "none");
  return svg;
}

/** The first `part` of the rope's curve (de Casteljau). */
function partOf(part: number): string {
  const points: readonly (readonly [number, number])[] = [
    [0, 10],
    [260, 120],
    [740, 120],
    [1000, 10],
  ];
  const kept: (readonly [number, number])[] = [];
  let level = points;
  while (level.length > 0) {
    const first = level[0];
    if (first !== undefined) kept.push(first);
    level = level.slice(1).map(([x, y], index) => {
      const [beforeX, beforeY] = level[index] ?? [0, 0];
      return [beforeX + (x - beforeX) * part, beforeY + (y - beforeY) * part] as const;
    });
  }
  const [from, one, two, to] = kept.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return `M${from}C${one} ${two} ${to}`;
}
