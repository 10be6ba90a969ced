/**
 * Draws a scene. The two pictures stay in the page for ever (a video that is moved stops); all
 * else is regions, each made anew only when what it says has changed.
 */

import { element } from "../../browser/elements.ts";
import type { Scene } from "../../core/scene.ts";
import type { Touch } from "../../core/wire/stage.ts";
import { callRegions, faceRegions, waitRegions } from "./call_scene.ts";
import { idleRegions, noticeRegions, welcomeRegions } from "./day_scenes.ts";
import { type OnType, secretRegions } from "./secret_keys.ts";

export interface Screen {
  readonly face: HTMLVideoElement;
  readonly self: HTMLVideoElement;
  showFace(isSeen: boolean): void;
  draw(scene: Scene): void;
  /** Where the guest may be seen, while the scene has such a place. */
  hole(): HTMLElement | null;
}

export type OnTouch = (what: Touch, request: number) => void;

/** A part of the scene: `says` is all that it depends on. */
export interface Region {
  readonly name: string;
  readonly says: unknown;
  build(): HTMLElement;
}

export function openScreen(body: HTMLElement, onTouch: OnTouch, onType: OnType): Screen {
  const face = element("video", { autoplay: true, playsinline: true, class: "picture" });
  const self = element("video", { autoplay: true, playsinline: true, class: "picture mirrored" });
  self.muted = true;
  const faceBox = element("div", { class: "face" }, face);
  const selfBox = element("div", { class: "self" }, self);
  const main = element("main", { class: "stage" }, faceBox, selfBox);
  body.append(main);
  const drawn = new Map<HTMLElement, Map<string, Drawn>>();

  const fill = (box: HTMLElement, regions: readonly Region[]) => {
    const known = drawn.get(box) ?? new Map<string, Drawn>();
    drawn.set(box, known);
    const focused = document.activeElement?.getAttribute("data-touch") ?? "";
    for (const [name, { made }] of known) {
      if (regions.some((region) => region.name === name)) continue;
      made.remove();
      known.delete(name);
    }
    for (const region of regions) {
      const says = JSON.stringify(region.says);
      const before = known.get(region.name);
      if (before?.says === says) continue;
      const made = region.build();
      if (before === undefined) box.append(made);
      else before.made.replaceWith(made);
      known.set(region.name, { made, says });
    }
    if (focused !== "" && document.activeElement === document.body) {
      box.querySelector<HTMLElement>(`[data-touch="${focused}"]`)?.focus();
    }
  };

  return {
    face,
    self,
    showFace(isSeen) {
      main.toggleAttribute("data-face", isSeen);
    },
    draw(scene) {
      const root = document.documentElement;
      root.dataset.theme = scene.theme;
      root.lang = scene.lang;
      document.title = scene.title;
      main.className = classOf(scene);
      face.setAttribute("aria-label", scene.scene === "call" ? scene.agent : "");
      fill(main, regionsOf(scene, onTouch, onType));
      fill(faceBox, scene.scene === "call" ? faceRegions(scene) : []);
    },
    hole: () => main.querySelector<HTMLElement>(".hole"),
  };
}

interface Drawn {
  readonly made: HTMLElement;
  readonly says: string;
}

function classOf(scene: Scene): string {
  if (scene.scene === "notice") return `stage notice-view ${scene.kind}`;
  const tool = (scene.scene === "call" || scene.scene === "wait") && scene.inTool ? " tool" : "";
  if (scene.scene !== "call") return `stage ${scene.scene}${tool}`;
  return `stage call ${scene.together ? "together" : "alone"}${scene.held ? " held-now" : ""}${scene.keyboard === null ? "" : " typing"}${tool}`;
}

function regionsOf(scene: Scene, onTouch: OnTouch, onType: OnType): readonly Region[] {
  switch (scene.scene) {
    case "idle":
      return idleRegions(scene);
    case "welcome":
      return welcomeRegions(scene, onTouch);
    case "wait":
      return waitRegions(scene, onTouch);
    case "call":
      return [
        ...callRegions(scene, onTouch),
        ...(scene.keyboard === null ? [] : secretRegions(scene.keyboard, onType)),
      ];
    case "notice":
      return noticeRegions(scene);
  }
}
