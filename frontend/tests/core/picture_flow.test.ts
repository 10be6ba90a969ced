import { describe, expect, it } from "vitest";
import { lookAtPictures, NO_PICTURE_YET } from "../../src/core/picture_flow.ts";

type Look = Parameters<typeof lookAtPictures>[1];
const live = { isLive: true, sends: true, gets: true };

function flows(...looks: Partial<Look>[]): string[] {
  let watch = NO_PICTURE_YET;
  return looks.map((look) => {
    watch = lookAtPictures(watch, { ...live, ...look });
    return watch.flow;
  });
}

describe("pictures", () => {
  it("are not missed before the call is live", () => {
    const quiet = { isLive: false, gets: false };
    expect(flows(quiet, quiet, quiet, quiet)).toEqual(Array(4).fill("shown"));
  });

  it("that never came are missed after three looks: sound only", () => {
    const none = { gets: false };
    expect(flows(none, none, none, {})).toEqual(["shown", "shown", "none", "shown"]);
  });

  it("that came and come no more are paused, and so is one that we stopped sending", () => {
    expect(flows({}, { gets: false }, {}, { sends: false }, {})).toEqual([
      "shown",
      "paused",
      "shown",
      "paused",
      "shown",
    ]);
  });
});
