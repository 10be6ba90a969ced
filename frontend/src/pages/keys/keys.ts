/** The agent's keys: made here on first use, and looked after until they are certified. */
import { ApiRefused } from "../../browser/api.ts";
import { ensureKeys, type KeysHere, replaceKeys, untilCertified } from "../../browser/certified.ts";
import { element, lightShape } from "../../browser/elements.ts";
import { KeysUnsupported } from "../../browser/keys.ts";
import { type Words, wordsOf } from "../../core/words.ts";

function showKeys(host: HTMLElement, words: Words): void {
  const say = (tone: string, label: string, ...more: (Node | string)[]): void => {
    const light = element("p", { class: `light ${tone}` }, lightShape(tone), label);
    host.replaceChildren(light, ...more);
    host.setAttribute("role", "status");
  };

  const show = (here: KeysHere): void => {
    const { keys, state } = here;
    document.documentElement.dataset.keys = keys === null ? "elsewhere" : state.state;
    if (keys === null) {
      const make = element(
        "button",
        {
          type: "button",
          class: "button second",
          "data-do": "make",
          onclick: () => void replace(),
        },
        words.keysPage.makeNew,
      );
      say("warn", words.keysPage.none, element("p", {}, words.keysPage.elsewhere), make);
      return;
    }
    const isReady = state.state === "certified";
    say(
      isReady ? "ok" : "warn",
      isReady ? words.keysPage.certified : words.keysPage.pending,
      element("p", {}, isReady ? words.keysPage.certifiedHint : words.keysPage.pendingHint),
      element(
        "p",
        { class: "small quiet" },
        `${words.keysPage.fingerprint} `,
        element("span", { class: "code key-text" }, keys.recipient),
      ),
    );
  };

  const failed = (error: unknown): void => {
    if (error instanceof KeysUnsupported) say("bad", words.keysPage.unsupported);
    else say("bad", error instanceof ApiRefused ? error.message : words.keysPage.failed);
  };

  const follow = async (): Promise<void> => {
    const first = await ensureKeys();
    show(first);
    await untilCertified(show, () => false);
    show(await ensureKeys());
  };

  const replace = async (): Promise<void> => {
    say("rest", words.keysPage.making);
    try {
      show(await replaceKeys());
    } catch (error) {
      failed(error);
    }
  };

  say("rest", words.keysPage.making);
  follow().catch(failed);
}

const host = document.getElementById("keys");
if (host !== null) showKeys(host, wordsOf(document.documentElement.lang));
