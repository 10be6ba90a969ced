/**
 * Runs in the page's own world before its scripts. Says *that* a script changed something an
 * observer cannot see, never what: an event without content at the element. The recorder, in its
 * isolated world, then reads the truth. The page may forge these events; that costs a read.
 */

const HINT = "cordee-hint";

(() => {
  const NativeEvent = Event;
  const NativeSubmitEvent = SubmitEvent;
  const { createElement } = Document.prototype;
  const { appendChild, removeChild } = Node.prototype;
  const dispatch = EventTarget.prototype.dispatchEvent;
  const apply = Reflect.apply;

  function hint(target: unknown): void {
    if (target instanceof Node && (target.isConnected || target instanceof Document)) {
      apply(dispatch, target, [new NativeEvent(HINT, { composed: true })]);
    }
  }

  function afterSetting(owner: object, name: string, where: (self: unknown) => unknown): void {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    const native = found?.set;
    if (found === undefined || native === undefined) return;
    Object.defineProperty(owner, name, {
      ...found,
      set(value: unknown) {
        apply(native, this, [value]);
        hint(where(this));
      },
    });
  }

  function afterCalling(owner: object, name: string, where: (self: unknown) => unknown): void {
    const found = Object.getOwnPropertyDescriptor(owner, name);
    const native: unknown = found?.value;
    if (found === undefined || typeof native !== "function") return;
    Object.defineProperty(owner, name, {
      ...found,
      value(...given: unknown[]) {
        const result: unknown = apply(native, this, given);
        hint(where(this));
        return result;
      },
    });
  }

  const self = (target: unknown) => target;
  for (const name of ["value", "checked", "indeterminate", "valueAsNumber", "valueAsDate"]) {
    afterSetting(HTMLInputElement.prototype, name, self);
  }
  for (const name of ["stepUp", "stepDown", "setRangeText"]) {
    afterCalling(HTMLInputElement.prototype, name, self);
  }
  afterSetting(HTMLTextAreaElement.prototype, "value", self);
  afterCalling(HTMLTextAreaElement.prototype, "setRangeText", self);
  for (const name of ["value", "selectedIndex", "length"]) {
    afterSetting(HTMLSelectElement.prototype, name, self);
  }
  afterSetting(HTMLOptionElement.prototype, "selected", (option) =>
    option instanceof HTMLOptionElement ? option.closest("select") : null,
  );

  const ownerOf = (sheet: unknown) =>
    sheet instanceof CSSStyleSheet ? (sheet.ownerNode ?? document) : document;
  for (const name of ["insertRule", "deleteRule", "addRule", "removeRule", "replaceSync"]) {
    afterCalling(CSSStyleSheet.prototype, name, ownerOf);
  }
  for (const name of ["insertRule", "deleteRule"]) {
    afterCalling(CSSGroupingRule.prototype, name, (rule) =>
      ownerOf(rule instanceof CSSRule ? rule.parentStyleSheet : null),
    );
  }
  afterSetting(StyleSheet.prototype, "disabled", ownerOf);
  afterSetting(HTMLStyleElement.prototype, "disabled", self);
  afterSetting(HTMLLinkElement.prototype, "disabled", self);
  afterSetting(Document.prototype, "adoptedStyleSheets", self);
  afterSetting(ShadowRoot.prototype, "adoptedStyleSheets", (root) =>
    root instanceof ShadowRoot ? root.host : null,
  );

  // What has sent a form is the one thing that brings a node of a closed root to another world.
  const attach = Object.getOwnPropertyDescriptor(Element.prototype, "attachShadow");
  const nativeAttach: unknown = attach?.value;
  if (attach !== undefined && typeof nativeAttach === "function") {
    Object.defineProperty(Element.prototype, "attachShadow", {
      ...attach,
      value(this: Element, ...given: unknown[]) {
        const root: ShadowRoot = apply(nativeAttach, this, given);
        if (root.mode === "open") hint(this);
        else {
          const submitter: HTMLElement = apply(createElement, document, ["i"]);
          apply(appendChild, root, [submitter]);
          apply(dispatch, document, [new NativeSubmitEvent(HINT, { submitter })]);
          apply(removeChild, root, [submitter]);
        }
        return root;
      },
    });
  }

  // Chromium asks by a window of its own, above the stage, whatever the context's permissions say.
  if ("MediaDevices" in window && "getDisplayMedia" in MediaDevices.prototype) {
    const refused = () => Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
    Object.defineProperty(MediaDevices.prototype, "getDisplayMedia", {
      value: refused,
      enumerable: true,
      configurable: false,
      writable: false,
    });
  }

  // A kiosk has no print dialog for a page, its window is not the page's to close, and a list in a
  // window of its own would lie above the stage (pickers.ts).
  HTMLSelectElement.prototype.showPicker = () => undefined;
  HTMLInputElement.prototype.showPicker = () => undefined;
  window.print = () => undefined;
  window.close = () => undefined;
})();
