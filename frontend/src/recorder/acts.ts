/** What the daemon asks of the page for a verb, and for its pictures. */

import type { Cover } from "./cover.ts";
import { fileAt } from "./file_fields.ts";
import * as places from "./places.ts";
import { pointer } from "./pointer.ts";

export type Verb =
  | ["place", number, number, number]
  | ["rest", number, number, number]
  | ["reveal", number]
  | ["over", number, number, number]
  | ["point", number, number]
  | ["focus", number]
  | ["whole", number, string]
  | ["choose", number, string[]]
  | ["tick", number, boolean]
  | ["scroll", number, number, number]
  | ["file", number]
  | ["active"]
  | ["size"]
  | ["pointer"];

/** The page that is recorded. */
export interface Recorded {
  node(id: number): Node | null;
  /** Node 0 is whatever has the focus. */
  caret(id: number): Node | null;
  idOf(node: Node): number;
  readonly cover: Cover;
}

/** Carries out what a verb needs of a node. */
export function act([what, ...given]: Verb, page: Recorded): places.Answer | null {
  switch (what) {
    case "place":
      return places.place(page.node(given[0] as number), given[1] as number, given[2] as number);
    case "rest":
      return places.restAt(page.node(given[0] as number), given[1] as number, given[2] as number);
    case "reveal":
      return places.reveal(page.node(given[0] as number));
    case "over":
      return places.over(page.node(given[0] as number), given[1] as number, given[2] as number);
    case "point":
      if (page.cover.stands()) return { code: "hidden" };
      return places.point(given[0] as number, given[1] as number);
    case "focus":
      return places.focusForText(page.caret(given[0] as number));
    case "whole":
      if (given[0] === 0 && page.cover.isAsked) return places.whetherStruck(places.deepActive());
      return places.setWhole(page.caret(given[0] as number), given[1] as string);
    case "choose":
      return places.choose(page.node(given[0] as number), given[1] as string[]);
    case "tick":
      return places.tick(page.node(given[0] as number), given[1] as boolean);
    case "scroll": {
      const id = given[0] as number;
      const node = id === 0 ? null : page.node(id);
      if (id !== 0 && node === null) return { code: "gone" };
      return places.scroll(node, given[1] as number, given[2] as number);
    }
    case "file":
      return fileAt(page.node(given[0] as number));
    case "active":
      return places.active((node) => page.idOf(node));
    case "size":
      return places.size();
    case "pointer":
      return pointer();
  }
}
