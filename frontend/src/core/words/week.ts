/** The words of the agent's week on its time grid. */

export const fr = {
  week: {
    grid: "La semaine en heures",
    help: "Flèches haut et bas\u00a0: déplacer d’un quart d’heure. Avec Maj\u00a0: allonger ou raccourcir. Flèches gauche et droite\u00a0: changer de jour. Entrée\u00a0: garder, ou ouvrir le menu. Suppr\u00a0: retirer. Échap\u00a0: remettre.",
    hint: "Glissez sur une heure vide pour ajouter, glissez un bloc pour le déplacer. Au clavier\u00a0: les flèches, puis Entrée.",
    visit: "Rendez-vous",
    draft: "Nouveau",
    add: (day: string) => `Ajouter, ${day}`,
    name: (kind: string, day: string, hours: string) => `${kind}, ${day}, ${hours}`,
    everyWeek: (day: string) => `chaque ${firstWord(day).toLowerCase()}`,
    ask: (day: string, hours: string) => `${day}, ${hours}`,
    receiveWeekly: (day: string) => `Je reçois ici chaque ${firstWord(day).toLowerCase()}`,
    receiveOnce: (day: string) => `Seulement ce ${day.toLowerCase()}`,
    away: "Je suis absent",
    nothing: "Rien",
    changed: (what: string, before: string, after: string) => `${what}\u00a0: ${before} → ${after}`,
    keep: "Garder",
    putBack: "Remettre",
    isBack: (hours: string) => `Remis à ${hours}.`,
    byForm: "Changer par formulaire",
    remove: "Retirer",
    removeAsk: (what: string) => `Retirer\u00a0: ${what}\u00a0?`,
    leave: "Ne rien changer",
    undo: "Annuler",
    failed: "Le changement n’est pas arrivé. Rien n’est changé. Essayez de nouveau.",
  },
};

export const en: typeof fr = {
  week: {
    grid: "The week in hours",
    help: "Up and down arrows: move by a quarter of an hour. With Shift: lengthen or shorten. Left and right arrows: change the day. Enter: keep, or open the menu. Delete: take back. Escape: put back.",
    hint: "Drag over an empty hour to add, drag a block to move it. By keyboard: the arrows, then Enter.",
    visit: "Appointment",
    draft: "New",
    add: (day: string) => `Add, ${day}`,
    name: (kind: string, day: string, hours: string) => `${kind}, ${day}, ${hours}`,
    everyWeek: (day: string) => `every ${firstWord(day)}`,
    ask: (day: string, hours: string) => `${day}, ${hours}`,
    receiveWeekly: (day: string) => `I receive here every ${firstWord(day)}`,
    receiveOnce: (day: string) => `Only this ${day}`,
    away: "I am away",
    nothing: "Nothing",
    changed: (what: string, before: string, after: string) => `${what}: ${before} → ${after}`,
    keep: "Keep",
    putBack: "Put back",
    isBack: (hours: string) => `Put back to ${hours}.`,
    byForm: "Change by form",
    remove: "Take back",
    removeAsk: (what: string) => `Take back: ${what}?`,
    leave: "Change nothing",
    undo: "Undo",
    failed: "The change did not arrive. Nothing is changed. Try again.",
  },
};

/** The weekday of "Mardi 1er décembre". */
function firstWord(day: string): string {
  return day.split(" ")[0] ?? day;
}
