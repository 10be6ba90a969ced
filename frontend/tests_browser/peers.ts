/** What the peers' test page needs of the front end. */

export { watchFirstFrame } from "../src/browser/frames.ts";
export { fitSenders } from "../src/browser/line_watch.ts";
export { meanColour, openCamera } from "../src/browser/media.ts";
export { openPeer } from "../src/browser/peer.ts";
export { LADDER } from "../src/core/adaptation.ts";
export { openPagePicture } from "../src/pages/stage/page_picture.ts";
