/** What the mirror's test page needs of the front end. */

export { AssetShelf } from "../src/browser/asset_shelf.ts";
export { watchFidelity } from "../src/browser/fidelity_watch.ts";
export { Replay } from "../src/browser/replay.ts";
export { compare } from "../src/core/fidelity.ts";
export { parseReplayLine } from "../src/core/replay_events.ts";
