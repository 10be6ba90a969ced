/** The agent's keys: made here on first use, and looked after until they are certified. */
import { ApiRefused } from "../../browser/api.ts";
import { ensureKeys, type KeysHere, replaceKeys, untilCertified } from "../../browser/certified.ts";
import { element, lightShape } from "../../browser/elements.ts";
import { fingerprintOf, KeysUnsupported } from "../../browser/keys.ts";
import type { KeysState } from "../../core/wire/http.ts";
import { type Words, wordsOf } from "../../core/words.ts";

interface Standing {
  readonly tone: string;
  readonly label: string;
  readonly hint: string;
}

function standing(state: KeysState, words: Words): Standing {
  const { keysPage } = words;
  const ends = new Date((state.expires_at ?? 0) * 1000);
  if (state.state === "expired") {
    return { tone: "bad", label: keysPage.expired, hint: keysPage.renewHint };
  }
  if (state.state !== "certified") {
    return { tone: "warn", label: keysPage.pending, hint: keysPage.pendingHint };
  }
  if (state.is_renewal_due) {
    const day = ends.toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    return { tone: "warn", label: `${keysPage.renew} ${day}`, hint: keysPage.renewHint };
  }
  return { tone: "ok", label: keysPage.certified, hint: keysPage.certifiedHint };
}

function showKeys(host: HTMLElement, words: Words): void {
  const say = (tone: string, label: string, ...more: (Node | string)[]): void => {
    const light = element("p", { class: `light ${tone}` }, lightShape(tone), label);
    host.replaceChildren(light, ...more);
    host.setAttribute("role", "status");
  };

  const show = async (here: KeysHere): Promise<void> => {
    const { keys, state } = here;
    const fingerprint = keys === null ? "" : await fingerprintOf(keys);
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
    const { tone, label, hint } = standing(state, words);
    say(
      tone,
      label,
      element("p", {}, hint),
      element(
        "p",
        { class: "small quiet" },
        `${words.keysPage.fingerprint} `,
        element("span", { class: "code key-text", "data-fingerprint": "" }, fingerprint),
      ),
    );
  };

  const failed = (error: unknown): void => {
    if (error instanceof KeysUnsupported) {
      const hint = element("p", {}, words.refused.keys_unsupported);
      say("bad", words.keysPage.unsupported, hint);
    } else say("bad", error instanceof ApiRefused ? error.message : words.keysPage.failed);
  };

  const follow = async (): Promise<void> => {
    const first = await ensureKeys();
    await show(first);
    await untilCertified(
      (here) => void show(here),
      () => false,
    );
    await show(await ensureKeys());
  };

  const replace = async (): Promise<void> => {
    say("rest", words.keysPage.making);
    try {
      await show(await replaceKeys());
    } catch (error) {
      failed(error);
    }
  };

  say("rest", words.keysPage.making);
  follow().catch(failed);
}

const host = document.getElementById("keys");
if (host !== null) showKeys(host, wordsOf(document.documentElement.lang));
