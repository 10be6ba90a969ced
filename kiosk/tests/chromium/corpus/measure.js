// What a person sees of a page, said the same way of the kiosk's page and of its replay: texts
// and boxes in the order of the tree, what fields hold, what is scrolled, what has the focus.
// Shadow roots and the frames that can be looked into are walked too.
(top_document, is_replay) => {
  const UNSEEN = new Set(["script", "noscript", "template", "meta", "link", "style", "base",
    "head", "title", "cordee-silent", "cordee-link", "param", "source", "track", "datalist"]);
  const texts = [], boxes = [], fields = [], scrolls = [];
  let focus = "";
  const px = (value) => Math.round(value * 10) / 10;
  const active = () => {
    let found = top_document.activeElement;
    for (;;) {
      const inner = found?.shadowRoot?.activeElement ?? (found && frame(found)?.activeElement);
      if (!inner) return found;
      found = inner;
    }
  };
  const frame = (element) => {
    try { return element.contentDocument ?? null; } catch { return null; }
  };
  const focused = is_replay ? null : active();
  const hasFocus = (element) => is_replay
    ? element.hasAttribute("data-cordee-focus")
    : element === focused && !/^(body|html|iframe|frame)$/.test(element.localName);
  const scrolled = (name, top, left) => {
    if (top !== 0 || left !== 0) scrolls.push([name, px(top), px(left)]);
  };
  // Nodes wait in a list of their own: a page may be deeper than the engine's stack.
  const waiting = [[top_document, 0, 0, true]];
  while (waiting.length > 0) {
    const [node, dx, dy, isShown] = waiting.pop();
    const kind = node.nodeType;
    if (kind === 3) {
      const text = node.data.replace(/\s+/g, " ").trim();
      if (text === "" || !isShown) continue;
      const range = node.ownerDocument.createRange();
      range.selectNodeContents(node);
      const { x, y, width, height } = range.getBoundingClientRect();
      if (width > 0 && height > 0) {
        texts.push([text, px(x + dx), px(y + dy), px(width), px(height)]);
      }
      continue;
    }
    let [inner, x0, y0, shown] = [node.childNodes, dx, dy, isShown];
    if (kind === 9) {
      const { scrollTop, scrollLeft } = node.scrollingElement ?? node.documentElement ?? {};
      scrolled("document", scrollTop ?? 0, scrollLeft ?? 0);
    } else if (kind === 1) {
      const tag = node.localName;
      if (UNSEEN.has(tag)) continue;
      const name = tag + (node.id ? `#${node.id}` : "");
      shown = node.checkVisibility({ visibilityProperty: true });
      const { x, y, width, height } = node.getBoundingClientRect();
      if (shown && width > 0 && height > 0) {
        boxes.push([name, px(x + dx), px(y + dy), px(width), px(height)]);
      }
      if (node.scrollTop !== undefined && node !== node.ownerDocument.scrollingElement
        && tag !== "html" && tag !== "body") scrolled(name, node.scrollTop, node.scrollLeft);
      const isSecret = node.type === "password" || node.hasAttribute("data-cordee-blind");
      if (isSecret) fields.push([name, "secret"]);
      else if (tag === "select") {
        fields.push([name, Array.from(node.selectedOptions, (each) => each.value).join()]);
      } else if (tag === "textarea" || (tag === "input" && node.type !== "hidden")) {
        const holds = /^(checkbox|radio)$/.test(node.type)
          ? `${node.checked}${node.indeterminate ? " half" : ""}` : node.value;
        // Only a person can put a file into a field: the replay's stays empty.
        if (node.type !== "file") fields.push([name, holds]);
      }
      if (hasFocus(node)) {
        let caret = "";
        if (!isSecret && node.selectionStart !== undefined && node.selectionStart !== null) {
          caret = ` ${node.selectionStart}-${node.selectionEnd}`;
        }
        focus = name + caret;
      }
      if (tag === "textarea" || tag === "select") continue;
      const content = /^(iframe|frame)$/.test(tag) ? frame(node) : null;
      if (content !== null) {
        [inner, x0, y0] = [[content], x + dx + node.clientLeft, y + dy + node.clientTop];
      } else if (node.shadowRoot) inner = [...node.shadowRoot.childNodes, ...node.childNodes];
    }
    for (const each of Array.from(inner).reverse()) waiting.push([each, x0, y0, shown]);
  }
  return { texts, boxes, fields, scrolls, focus };
}
