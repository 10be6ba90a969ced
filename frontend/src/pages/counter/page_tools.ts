/** The tools of the shared page: history, address, allowed sites, zoom. */
import { element, type IconName, icon } from "../../browser/elements.ts";
import type { Zone, ZoneParts } from "./zones.ts";

/** Without the hand a tool asks for it first. `zoomBy` returns the zoom after it. */
export function makePageTools(
  { words, dispatch }: ZoneParts,
  zoomBy: (by: number) => number,
  showOther: () => void,
): Zone {
  let hasHand = false;
  const withHand = (act: () => void): void => {
    if (hasHand) act();
    else dispatch({ kind: "want", act: "control" });
  };
  const tool = (label: string, shape: IconName, act: () => void, doing: string) =>
    element(
      "button",
      {
        type: "button",
        class: "button second",
        "aria-label": label,
        "data-do": doing,
        onclick: act,
      },
      icon(shape),
    );
  const go = (where: "back" | "forward" | "reload") => () =>
    withHand(() => dispatch({ kind: "verb", verb: { type: "go", where }, focus: "unknown" }));
  const back = tool(words.back, "back", go("back"), "back");
  const forward = tool(words.forward, "forward", go("forward"), "forward");
  const address = element("input", {
    class: "path",
    id: "address",
    type: "text",
    inputmode: "url",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": words.address,
  });
  const openAddress = (url: string): void =>
    withHand(() => dispatch({ kind: "verb", verb: { type: "open", url }, focus: "unknown" }));
  const hostsList = element("ul", { class: "hosts-list" });
  const hostsCount = element("summary", { class: "badge" });
  const hosts = element("details", { class: "hosts" }, hostsCount, hostsList);
  const lock = element("span", { class: "lock", hidden: true }, icon("lock"));
  const addressForm = element(
    "form",
    {
      class: "addr",
      onsubmit: (event) => {
        event.preventDefault();
        const typed = address.value.trim();
        if (typed === "") return;
        openAddress(/^https?:\/\//i.test(typed) ? typed : `https://${typed}`);
      },
    },
    lock,
    address,
    hosts,
  );
  const zoomed = element("span", { class: "num small" }, "100\u00a0%");
  const zoom = (by: number) => () => {
    zoomed.textContent = `${Math.round(zoomBy(by) * 100)}\u00a0%`;
  };
  const reload = tool(words.reload, "reload", go("reload"), "reload");
  const smaller = tool(words.zoomOut, "minus", zoom(-1), "smaller");
  const larger = tool(words.zoomIn, "plus", zoom(1), "larger");
  const picture = element(
    "button",
    {
      type: "button",
      class: "button second picture-key",
      "aria-label": words.picture,
      title: `${words.picture} (F9)`,
      "aria-pressed": "false",
      "data-do": "picture",
      onclick: showOther,
    },
    icon("picture"),
    element("span", {}, words.picture),
  );
  const root = element(
    "div",
    { class: "tools", role: "toolbar", "aria-label": words.sharedPage },
    back,
    forward,
    reload,
    addressForm,
    smaller,
    zoomed,
    larger,
    picture,
  );

  let hostsDrawn = "";
  const drawHosts = (allowed: readonly string[], startUrl: string): void => {
    const key = allowed.join(" ") + startUrl;
    if (key === hostsDrawn) return;
    hostsDrawn = key;
    hostsCount.textContent = `${words.hosts(allowed.length)} ▾`;
    hostsList.replaceChildren(
      ...allowed.map((host) =>
        element(
          "li",
          {},
          element(
            "button",
            {
              type: "button",
              class: "button plain",
              onclick: () => {
                hosts.open = false;
                openAddress(hostOf(startUrl) === host ? startUrl : `https://${host}/`);
              },
            },
            host,
          ),
        ),
      ),
    );
  };

  return {
    root,
    render(view, state) {
      hasHand = view.hasHand;
      if (document.activeElement !== address) address.value = view.address;
      address.title = view.title;
      lock.hidden = !view.isSecure;
      back.disabled = !view.seesPage || (view.hasHand && !view.mayBack);
      forward.disabled = !view.seesPage || (view.hasHand && !view.mayForward);
      picture.setAttribute("aria-pressed", String(view.page.way === "picture"));
      for (const each of [reload, smaller, larger, picture]) each.disabled = !view.seesPage;
      drawHosts(state.seat?.allowed_hosts ?? [], state.seat?.start_url ?? "");
      root.hidden = view.isOver;
    },
  };
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}
