// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { AssetShelf } from "../../src/browser/asset_shelf.ts";
import { Replay } from "../../src/browser/replay.ts";
import { resized } from "../../src/browser/replay_picture.ts";
import { parseReplayLine } from "../../src/core/replay_events.ts";

const HASH = "a".repeat(64);
const BYTES = Uint8Array.of(1, 2, 3);

let shelf: AssetShelf;
let replay: Replay;

function apply(value: object): void {
  const event = parseReplayLine(JSON.stringify(value));
  if (event === null) throw new Error("no event");
  replay.apply(event);
}

function full(): void {
  const image = { type: 2, id: 6, tagName: "img", attributes: { alt: "Logo" }, childNodes: [] };
  const body = { type: 2, id: 5, tagName: "body", attributes: {}, childNodes: [image] };
  const html = { type: 2, id: 3, tagName: "html", attributes: {}, childNodes: [body] };
  apply({ t: "full", node: { type: 0, id: 1, childNodes: [html] }, top: 0, left: 0 });
}

const source = () => (replay.map.node(6) as HTMLImageElement).src;
const put = (type = "image/png") => shelf.put({ hash: HASH, type, to: "", bytes: BYTES });
const picture = { t: "picture", id: 6, width: 20, height: 10, key: "p1-1" };
const asset = { t: "asset", key: "p1-1", hash: HASH.slice(0, 32), w: 20, h: 10 };

beforeEach(() => {
  shelf = new AssetShelf();
  const nothing = () => undefined;
  const hooks = { onPage: nothing, onViewport: nothing, onFocus: nothing, onLost: nothing };
  const words = { blindFilled: "Rempli", blindEmpty: "Caché", islandCovered: "" };
  const doc = document.implementation.createHTMLDocument("");
  replay = new Replay(doc, { ...hooks, isScrolling: () => false }, words, shelf);
  full();
});

describe("pictures by hash", () => {
  it("take the place of their drawing when their bytes are here, whatever comes first", () => {
    apply(picture);
    const drawing = source();
    apply(asset);
    expect(source()).toBe(drawing);
    put();
    const shown = source();
    expect(shown).not.toBe(drawing);
    full();
    apply(asset);
    apply(picture);
    expect(source()).toMatch(/^blob:/);
    expect(source()).not.toBe(drawing);
  });

  it("are kept for the next page, until the kiosk has them forgotten", () => {
    const made = vi.spyOn(URL, "createObjectURL");
    put();
    apply({ t: "page", url: "", title: "", width: 9, height: 9 });
    full();
    apply(asset);
    apply(picture);
    expect(made.mock.calls.at(-1)?.[0]).toMatchObject({ type: "image/png", size: 3 });
    shelf.clear();
    full();
    apply(asset);
    apply(picture);
    expect(made.mock.calls.at(-1)?.[0]).toMatchObject({ type: "image/svg+xml" });
    made.mockRestore();
  });

  it("are of no kind that is a document", () => {
    for (const type of ["text/html", "application/pdf", "image/svg+xml;charset=x", ""]) put(type);
    expect(shelf.get(HASH.slice(0, 32))).toBeUndefined();
  });

  it("keep the page's size when fewer dots were sent", async () => {
    const drawing = await resized(40, 20, "image/webp", BYTES).text();
    expect(drawing).toContain('width="40" height="20"');
    expect(drawing).toContain('href="data:image/webp;base64,AQID"');
  });

  it.each([
    { ...asset, key: "x1-1" },
    { ...asset, key: 'p1-1");}' },
    { ...asset, hash: "https://site/" },
    { t: "font", id: 1, key: "f1-1", family: "", d: {} },
  ])("are not told by %o", (line) => {
    expect(parseReplayLine(JSON.stringify(line))).toBeNull();
  });
});
