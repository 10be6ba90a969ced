/** Dialogs and popovers that the kiosk's page shows above everything else. */
import type { Layer } from "../core/replay_events.ts";
import { isElement } from "./replay_build.ts";

/** Shows the node in this layer of the replay, or no more in any. The focus stays where it is. */
export function showLayer(node: Node | undefined, layer: Layer): void {
  if (!isElement(node) || !node.isConnected) return;
  const outer = node.ownerDocument.defaultView?.parent.document ?? null;
  const before = outer?.activeElement ?? null;
  try {
    if (isDialog(node)) showDialog(node, layer);
    else if (layer === "none") node.hidePopover();
    else node.showPopover();
  } catch {
    // It is shown so already, or not in a way that this browser knows.
  }
  // A dialog takes the focus into its document: the agent's keyboard is outside.
  if (before !== null && outer?.activeElement !== before) {
    (before as HTMLElement).focus({ preventScroll: true });
  }
}

function showDialog(dialog: HTMLDialogElement, layer: Layer): void {
  if (layer === "none") {
    // Without the attribute, which the page's change has taken, it would stay above.
    dialog.setAttribute("open", "");
    dialog.close();
  } else if (layer === "popover") dialog.showPopover();
  else if (!dialog.matches(":modal")) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
}

function isDialog(node: HTMLElement): node is HTMLDialogElement {
  return node.localName === "dialog";
}
