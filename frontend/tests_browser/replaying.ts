/** What the mirror's test page needs of the front end. */

export { Replay } from "../src/browser/replay.ts";
export { parseReplayLine } from "../src/core/replay_events.ts";
