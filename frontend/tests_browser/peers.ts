/** What the peers' test page needs of the front end. */

export { watchFirstFrame } from "../src/browser/frames.ts";
export { meanColour, openCamera } from "../src/browser/media.ts";
export { openPeer } from "../src/browser/peer.ts";
