/** The words of the page that both see, and of the hand that fills it. */

export const fr = {
  sharedPage: "Page partagée",
  back: "Page précédente",
  forward: "Page suivante",
  reload: "Recharger",
  address: "Adresse de la page",
  hosts: (n: number) => `${n}\u00a0site${n > 1 ? "s" : ""} permis`,
  hostsTitle: "Sites permis",
  zoomIn: "Agrandir",
  zoomOut: "Réduire",
  hand: "Vous avez la main.",
  handNote: (name: string) => `${name} voit tout et peut arrêter.`,
  giveBack: "Rendre la main",
  emptyTitle: "La page n’est pas encore partagée",
  emptyHint: (name: string) =>
    `Demandez à ${name}\u00a0: «\u00a0Puis-je voir cette page avec vous\u00a0?\u00a0»`,
  emptyWaiting: "La page arrive…",
  seeButton: "Demander à voir la page",
  keyboard: "Clavier de la page partagée. F6 pour en sortir.",
  onItsWay: "en chemin…",
  blindFilled: "Rempli par l’usager",
  blindEmpty: "Champ caché",
  islandCovered: "Caché : un champ secret est rempli.",
  choose: "Choisir",
  /** The kiosk speaks French: its own sentences, which know more, are shown as they are. */
  isKiosksTongue: true,
  code: {
    no_grant: "Il faut d’abord l’accord de la personne. Demandez-le, puis recommencez.",
    gone: "Cet endroit de la page n’est plus là. Regardez la page, puis recommencez.",
    outside:
      "Cette adresse n’est pas permise pour ce rendez-vous. La page reste où elle est\u00a0: choisissez un des sites permis, à côté de l’adresse.",
    not_allowed: "Ce n’est pas encore possible. Demandez d’abord à voir la page.",
    blind: "Ce champ est secret\u00a0: seule la personne à la borne peut le remplir.",
    busy: "La borne n’a pas fini ce qui précède. Attendez un instant, puis recommencez.",
    bad_request: "La borne ne connaît pas cette demande. Rechargez la page du guichet.",
    device_missing: "Le scanner ne répond pas. Faites vérifier qu’il est allumé, puis recommencez.",
    device_busy: "Le scanner est occupé. Attendez un instant, puis recommencez.",
    device_error:
      "Le scanner a rencontré une erreur. Recommencez\u00a0; si cela revient, prévenez le technicien.",
    jammed: "Une feuille est coincée dans le scanner. Faites-la retirer, puis recommencez.",
    no_paper: "Il n’y a pas de feuille dans le scanner. Faites-en poser une, puis recommencez.",
    cover_open: "Le capot du scanner est ouvert. Faites-le fermer, puis recommencez.",
    sealing_refused:
      "La clé qui ouvrirait cette page n’est pas utilisable. La feuille n’est pas envoyée. Prévenez qui certifie les clés chez vous.",
    page_refused:
      "Le serveur n’a pas voulu de cette page, personne ne l’a. Numérisez-la de nouveau\u00a0; si cela revient, prévenez le technicien.",
    failed: "La borne n’a pas pu le faire. Attendez un instant, puis recommencez.",
  } as Readonly<Record<string, string>>,
};

export const en: typeof fr = {
  sharedPage: "Shared page",
  back: "Previous page",
  forward: "Next page",
  reload: "Reload",
  address: "Address of the page",
  hosts: (n) => `${n} site${n > 1 ? "s" : ""} allowed`,
  hostsTitle: "Allowed sites",
  zoomIn: "Larger",
  zoomOut: "Smaller",
  hand: "You have the hand.",
  handNote: (name) => `${name} sees everything and can stop.`,
  giveBack: "Give it back",
  emptyTitle: "The page is not shared yet",
  emptyHint: (name) => `Ask ${name}: “May I see this page with you?”`,
  emptyWaiting: "The page is coming…",
  seeButton: "Ask to see the page",
  keyboard: "Keyboard of the shared page. F6 leaves it.",
  onItsWay: "on its way…",
  blindFilled: "Filled by the person",
  blindEmpty: "Hidden field",
  islandCovered: "Hidden: a secret field is filled.",
  choose: "Choose",
  isKiosksTongue: false,
  code: {
    no_grant: "The person’s leave comes first. Ask for it, then try again.",
    gone: "This place is no longer there. Look at the page, then try again.",
    outside:
      "This address is not allowed for this appointment. The page stays where it is: choose one of the allowed sites, beside the address.",
    not_allowed: "This is not possible yet. Ask to see the page first.",
    blind: "This field is secret: only the person at the kiosk can fill it.",
    busy: "The kiosk has not finished what came before. Wait a moment, then try again.",
    bad_request: "The kiosk does not know this request. Reload the counter.",
    device_missing:
      "The scanner does not answer. Have someone check that it is on, then try again.",
    device_busy: "The scanner is busy. Wait a moment, then try again.",
    device_error: "The scanner met an error. Try again; if it comes back, tell the technician.",
    jammed: "A sheet is stuck in the scanner. Have it taken out, then try again.",
    no_paper: "There is no sheet in the scanner. Have one laid there, then try again.",
    cover_open: "The scanner’s cover is open. Have it closed, then try again.",
    sealing_refused:
      "The key that would open this page cannot be used. The sheet is not sent. Tell whoever certifies your keys.",
    page_refused:
      "The server did not take this page, nobody has it. Scan it again; if it comes back, tell the technician.",
    failed: "The kiosk could not do it. Wait a moment, then try again.",
  },
};
