/** The words of the papers: the scan, and the sealed pages. */

export const fr = {
  papers: "Papiers",
  pages: (n: number) => (n === 0 ? "aucune page" : `${n}\u00a0page${n > 1 ? "s" : ""}`),
  scan: "Numériser",
  scanHint: "La personne pose sa feuille sur le support, vous la numérisez.",
  secret: "Personne d’autre que vous ne lit ces pages.",
  pageOf: (n: number) => `Page ${n}`,
  save: "Enregistrer cette page",
  close: "Fermer",
  retry: "Réessayer",
  scanState: {
    asked: "Demande envoyée à la borne…",
    scanning: "La borne numérise…",
    sealing: "La page est scellée…",
    sending: "La page voyage…",
    sent: "Page envoyée.",
    failed: "La page n’a pas pu être numérisée.",
    cut: "La ligne s’est coupée pendant la numérisation. Recommencez.",
  },
  pageState: {
    sealed: "scellée",
    opening: "ouverture…",
    open: "ouverte",
    kept: "ouverte",
    failed: "fermée",
    gone: "effacée",
  },
  pageTrouble: {
    not_yours:
      "Cette page est scellée pour d’autres clés que celles de ce navigateur. Ouvrez-la depuis l’ordinateur où vous avez fait vos clés.",
    damaged: "Cette page est arrivée abîmée. Numérisez-la de nouveau.",
    unreachable: "Le serveur n’a pas donné cette page. Réessayez.",
    no_keys: "Ce navigateur n’a pas vos clés\u00a0: il ne peut pas ouvrir cette page.",
    not_acknowledged: "La page est ouverte ici, mais le serveur ne le sait pas encore.",
  },
};

export const en: typeof fr = {
  papers: "Papers",
  pages: (n) => (n === 0 ? "no page" : `${n} page${n > 1 ? "s" : ""}`),
  scan: "Scan",
  scanHint: "The person lays a sheet on the stand, you scan it.",
  secret: "Nobody but you reads these pages.",
  pageOf: (n) => `Page ${n}`,
  save: "Save this page",
  close: "Close",
  retry: "Try again",
  scanState: {
    asked: "Request sent to the kiosk…",
    scanning: "The kiosk is scanning…",
    sealing: "The page is being sealed…",
    sending: "The page is travelling…",
    sent: "Page sent.",
    failed: "The page could not be scanned.",
    cut: "The line broke during the scan. Try again.",
  },
  pageState: {
    sealed: "sealed",
    opening: "opening…",
    open: "open",
    kept: "open",
    failed: "closed",
    gone: "erased",
  },
  pageTrouble: {
    not_yours:
      "This page is sealed to other keys than this browser’s. Open it from the computer where you made your keys.",
    damaged: "This page arrived damaged. Scan it again.",
    unreachable: "The server did not give this page. Try again.",
    no_keys: "This browser does not have your keys: it cannot open this page.",
    not_acknowledged: "The page is open here, but the server does not know it yet.",
  },
};
