/** The words of the end of a call, and of what became of the request. */

export const fr = {
  finish: "Terminer…",
  home: "Revenir à mes rendez-vous",
  later: "À choisir à la fin",
  next: "Suite",
  endQuestion: "Terminer l’appel\u00a0? Que devient la démarche\u00a0?",
  outcomes: {
    done: "Démarche faite",
    to_continue: "À poursuivre",
    not_done: "Démarche non faite",
    nobody_came: "Personne ne s’est présenté",
  },
  endYes: "Terminer l’appel",
  endNo: "Continuer l’appel",
  outcomeTitle: "Que devient la démarche\u00a0?",
  outcomeSave: "Noter",
  ended: {
    agent: "Vous avez terminé l’appel.",
    citizen: "La personne a terminé l’appel.",
    time: "L’heure prévue est passée.",
    unanswered: "Le rendez-vous n’a pas eu lieu.",
    declined: "La personne a demandé de ne pas commencer l’appel.",
    cancelled: "Le rendez-vous est annulé.",
    other: "L’appel est terminé.",
  },
  outcomeState: {
    none: "",
    sending: "Envoi…",
    noted: "C’est noté.",
    failed: "La suite n’a pas pu être notée. Réessayez.",
  },
};

export const en: typeof fr = {
  finish: "End…",
  home: "Back to my appointments",
  later: "To be chosen at the end",
  next: "Outcome",
  endQuestion: "End the call? What becomes of the request?",
  outcomes: {
    done: "Done",
    to_continue: "To be continued",
    not_done: "Not done",
    nobody_came: "Nobody came",
  },
  endYes: "End the call",
  endNo: "Continue the call",
  outcomeTitle: "What becomes of the request?",
  outcomeSave: "Note it",
  ended: {
    agent: "You ended the call.",
    citizen: "The person ended the call.",
    time: "The hour is over.",
    unanswered: "The appointment did not take place.",
    declined: "The person asked not to start the call.",
    cancelled: "The appointment is cancelled.",
    other: "The call is over.",
  },
  outcomeState: {
    none: "",
    sending: "Sending…",
    noted: "It is noted.",
    failed: "It could not be noted. Try again.",
  },
};
