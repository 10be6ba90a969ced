/** How the shared page is shown: its mirror, or the picture that stands in for it. */
import type { ShownAs, Way } from "./wire/control.ts";

export interface ShownPage {
  readonly way: Way;
  /** As in ShownAs; empty before the kiosk has said anything. */
  readonly why: string;
  readonly isCovered: boolean;
}

export const mirrored: ShownPage = { way: "mirror", why: "", isCovered: false };

export function shownAs(said: ShownAs): ShownPage {
  return { way: said.way, why: said.why, isCovered: said.way === "picture" && said.covered };
}

export function otherWay({ way }: ShownPage): Way {
  return way === "mirror" ? "picture" : "mirror";
}
