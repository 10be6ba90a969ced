/** The words of the agent’s pages outside a call: devices tried out, and keys. */

export const fr = {
  ready: {
    ask: "Ouvrir la caméra et le micro",
    asking: "Le navigateur vous demande l’accès. Dites oui.",
    ok: "Caméra et micro prêts",
    voice: "Votre voix",
    tone: "Essayer le haut-parleur",
    toneHint: "Vous devez entendre un son doux.",
    moving: (minutes: number) => `Le guichet s’ouvre tout seul dans ${minutes}\u00a0min.`,
    opens: "Le guichet s’ouvre tout seul 5\u00a0min avant le rendez-vous.",
  },
  keysPage: {
    making: "Les clés se font…",
    none: "À faire",
    pending: "En attente d’être certifiées",
    pendingHint: "Cette page regarde toute seule si elles le sont.",
    certified: "Prêtes",
    certifiedHint: "Vous pouvez recevoir les pages numérisées. Personne d’autre ne peut les lire.",
    renew: "À renouveler avant le",
    expired: "Certificat fini\u00a0: la borne refuse l’appel",
    renewHint:
      "La demande est faite. Appelez la personne qui garde la clé de votre administration et lisez-lui l’empreinte.",
    elsewhere:
      "Vos clés certifiées sont dans un autre navigateur. Celui-ci peut en faire de nouvelles\u00a0: les pages déjà numérisées ne s’ouvriront que là-bas.",
    makeNew: "Faire de nouvelles clés ici",
    failed: "Les clés n’ont pas pu être faites. Rechargez la page.",
    unsupported: "Pas dans ce navigateur",
    fingerprint: "Empreinte à lire à la personne qui certifie\u00a0:",
  },
};

export const en: typeof fr = {
  ready: {
    ask: "Open camera and microphone",
    asking: "The browser asks for access. Say yes.",
    ok: "Camera and microphone ready",
    voice: "Your voice",
    tone: "Try the speaker",
    toneHint: "You should hear a soft sound.",
    moving: (minutes) => `The counter opens by itself in ${minutes}\u00a0min.`,
    opens: "The counter opens by itself 5\u00a0min before the appointment.",
  },
  keysPage: {
    making: "Making the keys…",
    none: "To be made",
    pending: "Waiting to be certified",
    pendingHint: "This page looks by itself whether they are.",
    certified: "Ready",
    certifiedHint: "You can receive scanned pages. Nobody else can read them.",
    renew: "To be renewed before",
    expired: "Certificate ended: the kiosk refuses the call",
    renewHint:
      "The request is made. Call the person who keeps your administration’s key and read the fingerprint to them.",
    elsewhere:
      "Your certified keys are in another browser. This one can make new ones: pages scanned before open only there.",
    makeNew: "Make new keys here",
    failed: "The keys could not be made. Reload the page.",
    unsupported: "Not in this browser",
    fingerprint: "Fingerprint to read out to the person who certifies:",
  },
};
