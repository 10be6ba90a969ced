/** The citizen's own keyboard on the stage: its pages of keys, and its words. No DOM. */

import type { Show } from "./wire/stage.ts";

export const PAGES = ["letters", "capitals", "digits", "signs", "accents"] as const;
export type KeyPage = (typeof PAGES)[number];

export interface SecretKeyboard {
  readonly field: number;
  readonly ask: string;
  readonly unseen: string;
  readonly typed: number;
  /** The dots in words, for those who hear the screen. */
  readonly typedSaid: string;
  readonly start: KeyPage;
  /** Beside the 0: the slash of a card's last month, or the way to the letters (empty). */
  readonly besideZero: string;
  readonly erase: string;
  readonly done: string;
  readonly space: string;
  /** What the buttons that change the keys say. */
  readonly pages: Readonly<Record<KeyPage, string>>;
  readonly pagesSaid: Readonly<Record<KeyPage, string>>;
}

const rows = (text: string, length: number): readonly (readonly string[])[] => {
  const signs = Array.from(text);
  const found: string[][] = [];
  for (let at = 0; at < signs.length; at += length) found.push(signs.slice(at, at + length));
  return found;
};

const LETTERS = "abcdefghijklmnopqrstuvwxyz.-_@";

/** The keys of each page by rows, in the order of the alphabet: nobody has to know a layout. */
export const KEYS: Readonly<Record<KeyPage, readonly (readonly string[])[]>> = {
  letters: rows(LETTERS, 6),
  capitals: rows(LETTERS.toUpperCase(), 6),
  digits: rows("123456789", 3),
  signs: rows("!?#&+=*%€$/\\()[]{}:;,'\"`<>^~|°", 6),
  accents: rows("éèêëàâçùûüôöîïœæñäÉÈÊËÀÂÇÙÛÔÎŒ", 6),
};

/** Which other pages each offers, in the places of the row below its keys. */
export const TURNS: Readonly<Record<KeyPage, readonly KeyPage[]>> = {
  letters: ["capitals", "digits", "signs", "accents"],
  capitals: ["letters", "digits", "signs", "accents"],
  digits: ["letters"],
  signs: ["letters", "digits", "accents"],
  accents: ["letters", "digits", "signs"],
};

interface Words {
  readonly ask: Readonly<Record<string, string>>;
  unseen(agent: string): string;
  typed(count: number): string;
  readonly erase: string;
  readonly done: string;
  readonly space: string;
  readonly pages: Readonly<Record<KeyPage, string>>;
  readonly pagesSaid: Readonly<Record<KeyPage, string>>;
}

const pages = { letters: "abc", capitals: "ABC", digits: "123", signs: "?!#", accents: "éèç" };

const fr: Words = {
  ask: {
    password: "Tapez votre mot de passe.",
    code: "Tapez votre code.",
    card: "Tapez le numéro de votre carte.",
    secret: "Tapez ce qui est demandé.",
  },
  unseen: (agent) => `${agent} ne le voit pas.`,
  typed: (count) =>
    count === 0 ? "Rien n’est tapé." : `${count}\u00a0tapé${count > 1 ? "s" : ""}`,
  erase: "Effacer",
  done: "C’est fait",
  space: "espace",
  pages,
  pagesSaid: {
    letters: "Lettres",
    capitals: "Majuscules",
    digits: "Chiffres",
    signs: "Signes",
    accents: "Accents",
  },
};

const en: Words = {
  ask: {
    password: "Type your password.",
    code: "Type your code.",
    card: "Type the number of your card.",
    secret: "Type what is asked.",
  },
  unseen: (agent) => `${agent} does not see it.`,
  typed: (count) => (count === 0 ? "Nothing is typed." : `${count} typed`),
  erase: "Erase",
  done: "Done",
  space: "space",
  pages,
  pagesSaid: {
    letters: "Letters",
    capitals: "Capitals",
    digits: "Digits",
    signs: "Signs",
    accents: "Accents",
  },
};

/** Returns the keyboard that is open now, or null. */
export function secretKeyboardOf(show: Show): SecretKeyboard | null {
  if (show.secret === 0) return null;
  const words = show.lang.toLowerCase().startsWith("en") ? en : fr;
  return {
    field: show.secret,
    ask: words.ask[show.secret_kind] ?? words.ask.secret ?? "",
    unseen: words.unseen(show.agent),
    typed: show.secret_typed,
    typedSaid: words.typed(show.secret_typed),
    start: show.secret_pad === "digits" ? "digits" : "letters",
    besideZero: show.secret_kind === "card" ? "/" : "",
    erase: words.erase,
    done: words.done,
    space: words.space,
    pages: words.pages,
    pagesSaid: words.pagesSaid,
  };
}
