/** The scenes of the night: the last seconds, a late agent, the call, the page between two people. */

import { element, icon, lightShape } from "../../browser/elements.ts";
import type { Call, Card, Light, Wait } from "../../core/scene.ts";
import { helpLine, stopButton, tie, touchButton } from "./pieces.ts";
import type { OnTouch, Region } from "./screen.ts";

export function waitRegions(wait: Wait, onTouch: OnTouch): readonly Region[] {
  const { you, warning, lead, count, unit, text, privacy, choice, help } = wait;
  return [
    {
      name: "you",
      says: [you, warning],
      build: () => element("p", { class: "plate plate-self" }, warning || you),
    },
    {
      name: "count",
      says: [lead, count, unit, text],
      build: () =>
        element(
          "section",
          { class: "soon" },
          element("h1", {}, lead),
          count ? element("p", { class: "seconds" }, count) : null,
          unit ? element("p", { class: "unit" }, unit) : null,
          text ? element("p", { class: "detail" }, text) : null,
        ),
    },
    {
      name: "end",
      says: [choice, help],
      build: () =>
        element(
          "div",
          { class: "end" },
          choice.touch === "stop"
            ? stopButton(choice, onTouch)
            : touchButton("second", choice, onTouch),
          helpLine(help),
        ),
    },
    {
      name: "privacy",
      says: privacy,
      build: () => element("section", { class: "privacy" }, element("p", {}, privacy)),
    },
  ];
}

/** What lies over the other face. */
export function faceRegions({ agent, partner, code, cut, coming, together, inTool }: Call) {
  const regions: Region[] = [
    {
      name: "coming",
      says: coming,
      build: () => element("p", { class: "coming" }, coming),
    },
  ];
  if (!together && !inTool) {
    regions.push({
      name: "plate",
      says: [agent, partner],
      build: () =>
        element(
          "p",
          { class: "plate name" },
          agent,
          partner ? element("span", {}, ` · ${partner}`) : null,
        ),
    });
    if (code !== null) {
      regions.push({
        name: "code",
        says: code,
        build: () =>
          element(
            "p",
            { class: "plate same" },
            element("span", {}, `${code.label} `),
            element("strong", {}, element("bdi", { dir: "ltr" }, code.digits)),
          ),
      });
    }
  }
  if (cut !== "") {
    regions.push({
      name: "cut",
      says: cut,
      build: () => element("p", { class: "cut", role: "alert" }, cut),
    });
  }
  return regions;
}

export function callRegions(call: Call, onTouch: OnTouch): readonly Region[] {
  const { you, warning, card, stop, stopHint, light, help, code } = call;
  const plate: Region = {
    name: "you",
    says: [you, warning],
    build: () => element("p", { class: "plate plate-self" }, warning || you),
  };
  const asked: Region = {
    name: "card",
    says: card,
    build: () => cardOf(card, onTouch),
  };
  if (!call.together) {
    return [
      heading(call),
      call.inTool ? null : plate,
      call.inTool ? null : { name: "tie", says: light.tone, build: () => tieBox(light) },
      {
        name: "state",
        says: light,
        build: () =>
          element("section", { class: "state" }, lightOf(light), element("p", {}, light.detail)),
      },
      {
        name: "help",
        says: help,
        build: () => element("section", { class: "help" }, helpLine(help)),
      },
      {
        name: "end",
        says: [stop, stopHint],
        build: () =>
          element("div", { class: "end" }, stopButton(stop, onTouch), element("p", {}, stopHint)),
      },
      asked,
    ].filter((region) => region !== null);
  }
  return [
    {
      name: "held",
      says: [call.banner, call.held, stop],
      build: () =>
        element(
          "header",
          { class: "held" },
          tie("plain"),
          element("h1", { "aria-live": "polite" }, call.banner),
          stopButton(stop, onTouch),
        ),
    },
    warning === "" ? null : plate,
    asked,
    {
      name: "frame",
      says: [call.host, call.isSecure, call.hole],
      build: () =>
        element(
          "section",
          { class: "frame", "aria-label": call.hole },
          element(
            "p",
            { class: "where" },
            call.isSecure ? icon("lock") : null,
            element("bdi", {}, call.host),
          ),
          element("div", { class: "hole" }),
        ),
    },
    {
      name: "foot",
      says: [light, code, help],
      build: () =>
        element(
          "footer",
          { class: "foot" },
          lightOf(light),
          code === null
            ? null
            : element(
                "p",
                {},
                `${code.label} `,
                element("b", {}, element("bdi", { dir: "ltr" }, code.digits)),
              ),
          helpLine(help),
        ),
    },
  ].filter((region) => region !== null);
}

function heading({ title }: Call): Region {
  return {
    name: "heading",
    says: title,
    build: () => element("h1", { class: "hidden" }, title),
  };
}

function tieBox(light: Light): HTMLElement {
  return element("div", { class: `tie-box ${light.tone}` }, tie("between"));
}

function lightOf({ tone, word }: Light): HTMLElement {
  return element("span", { class: `light ${tone}` }, lightShape(tone), word);
}

function cardOf(card: Card, onTouch: OnTouch): HTMLElement {
  switch (card.kind) {
    case "request":
      return element(
        "section",
        { class: "card ask", "aria-live": "assertive" },
        element(
          "div",
          { class: "question" },
          element("h2", {}, card.who),
          element("blockquote", {}, card.question),
        ),
        element(
          "div",
          { class: "choices-k" },
          ...card.choices.map((choice) => touchButton("second", choice, onTouch, card.request)),
        ),
        element("div", { class: "hints" }, ...card.hints.map((hint) => element("p", {}, hint))),
      );
    case "end":
      return element(
        "section",
        { class: "card ask ends", "aria-live": "assertive" },
        element("div", { class: "question" }, element("blockquote", {}, card.question)),
        element(
          "div",
          { class: "choices-k" },
          ...card.choices.map((choice) => touchButton("second", choice, onTouch)),
        ),
      );
    case "leaves":
      return element(
        "section",
        { class: "card leaves" },
        element("h2", {}, card.title),
        element(
          "ul",
          { class: "given" },
          ...card.items.map((item) => element("li", {}, icon("check"), item)),
        ),
        element("p", {}, card.hint),
      );
    case "paper":
      return element(
        "section",
        { class: "card paper", "aria-live": "assertive" },
        card.picture === ""
          ? null
          : element("img", { src: `data:image/jpeg;base64,${card.picture}`, alt: "" }),
        element(
          "div",
          {},
          element("p", { class: "lead-k" }, card.title),
          element("p", { class: "lead-k" }, element("bdi", { dir: "ltr" }, card.host)),
          element("p", {}, card.hint),
        ),
      );
    case "note":
      return element(
        "section",
        { class: "card note", "aria-live": "polite" },
        element("p", { class: "lead-k" }, card.title),
        card.text ? element("p", {}, card.text) : null,
      );
  }
}
