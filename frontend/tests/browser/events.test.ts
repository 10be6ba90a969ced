// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { incrementalLine, nameNodesBy } from "../../src/recorder/events.ts";

test.each([["print"], [null]])("a sheet that is read late is still for %s", (media) => {
  document.head.innerHTML = '<link rel="stylesheet" href="/a.css">';
  const link = document.head.firstElementChild as Element;
  if (media !== null) link.setAttribute("media", media);
  const ids = new Map<Node, number>([
    [document.head, 1],
    [link, 2],
  ]);
  nameNodesBy((node) => ids.get(node) ?? -1);
  const changed = { _cssText: "p { display: none }" };
  const data = { source: 0, attributes: [{ id: 2, attributes: changed }] };
  const meeting = { offset: 1000, nodeOf: (id: number) => (id === 2 ? link : null) };
  const line = incrementalLine(3, data, meeting);
  const { removes, adds } = (line?.d ?? {}) as { removes: unknown[]; adds: { node: unknown }[] };
  expect(removes).toEqual([{ parentId: 1001, id: 1002 }]);
  expect(adds[0]?.node).toEqual({
    type: 2,
    tagName: "link",
    attributes: media === null ? changed : { ...changed, media },
    childNodes: [],
    id: 1002,
  });
});
