/** The words of the agent's live pages, French first. Plain sentences, no blame. */
import * as call from "./words/call.ts";
import * as day from "./words/day.ts";
import * as end from "./words/end.ts";
import * as leave from "./words/leave.ts";
import * as papers from "./words/papers.ts";
import * as sharedPage from "./words/shared_page.ts";
import * as trial from "./words/trial.ts";
import * as week from "./words/week.ts";

const fr = {
  ...call.fr,
  ...sharedPage.fr,
  ...leave.fr,
  ...papers.fr,
  ...end.fr,
  ...day.fr,
  ...trial.fr,
  ...week.fr,
};

export type Words = typeof fr;

const en: Words = {
  ...call.en,
  ...sharedPage.en,
  ...leave.en,
  ...papers.en,
  ...end.en,
  ...day.en,
  ...trial.en,
  ...week.en,
};

/** Returns the words of a language tag; French when there are none. */
export function wordsOf(language: string): Words {
  return language.toLowerCase().startsWith("en") ? en : fr;
}
