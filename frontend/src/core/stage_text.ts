/** The words of the kiosk's stage: short sentences, nothing gendered for the citizen. */

const NB = "\u00a0";

export interface StageText {
  readonly locale: string;
  clock(hour: number, minute: number): string;
  hour(hour: number, minute: number): string;
  inMinutes(minutes: number): string;
  inHours(hours: number, minutes: number): string;
  readonly inward: string;
  minutes(count: number): string;
  seconds(count: number): string;
  readonly secondsWord: (count: number) => string;
  readonly now: string;
  readonly tomorrow: string;
  readonly itIs: string;
  readonly next: string;
  readonly noNext: string;
  readonly noName: string;
  readonly idleSay: string;
  readonly idleHelp: (phone: string) => readonly [string, string, string];
  hello(name: string): string;
  appointment(hour: string): string;
  readonly you: string;
  readonly nothingToTouch: string;
  readonly beforeCall: string;
  beforeTool(partner: string): string;
  readonly notNow: string;
  readonly trouble: string;
  readonly privacy: string;
  readonly startsIn: string;
  starting(agent: string): string;
  readonly toolIn: string;
  toolOpens(partner: string): string;
  inTool(partner: string): string;
  cameraFor(host: string): string;
  readonly cameraOn: readonly [string, string];
  readonly cameraOff: readonly [string, string];
  readonly toolStop: string;
  readonly toolEnd: string;
  readonly toolHole: string;
  toolApology(partner: string): string;
  readonly coveredCamera: string;
  readonly stop: string;
  readonly code: string;
  readonly good: readonly [string, string];
  readonly slow: readonly [string, string];
  readonly paused: readonly [string, string];
  readonly sound: readonly [string, string];
  readonly cut: readonly [string, string];
  readonly reviving: string;
  readonly ifCut: string;
  hangsUp(agent: string): string;
  comes(agent: string): string;
  until(reason: string, hour: string): string;
  callWith(agent: string, partner: string): string;
  fills(agent: string): string;
  looks(agent: string): string;
  looksNoMore(agent: string): string;
  asks(agent: string): string;
  question(act: string): string;
  readonly yes: string;
  readonly no: string;
  readonly answerHow: string;
  readonly noAnswer: string;
  readonly endQuestion: string;
  readonly endYes: string;
  readonly endNo: string;
  mayNow(agent: string): string;
  leave(act: string): string;
  readonly stopHint: string;
  scanning(state: string, agent: string): readonly [string, string];
  attaching(pages: number): string;
  readonly attachingStop: string;
  readonly page: string;
  late(agent: string): string;
  readonly lateStay: string;
  apology(agent: string): string;
  readonly apologyNext: string;
  nextAt(when: string): string;
  thanks(name: string): string;
  readonly papers: string;
  readonly wiped: string;
  readonly troubleTitle: string;
  readonly troubleStay: string;
  readonly callThis: string;
}

const two = (value: number) => String(value).padStart(2, "0");

const fr: StageText = {
  locale: "fr",
  clock: (hour, minute) => `${hour}:${two(minute)}`,
  hour: (hour, minute) => `${hour}${NB}h${NB}${two(minute)}`,
  inMinutes: (minutes) => `dans ${minutes} minute${minutes > 1 ? "s" : ""}`,
  inHours: (hours, minutes) => `dans ${hours}${NB}h${NB}${two(minutes)}`,
  inward: "dans",
  minutes: (count) => `${count} minute${count > 1 ? "s" : ""}`,
  seconds: (count) => `${count} seconde${count > 1 ? "s" : ""}`,
  secondsWord: (count) => (count > 1 ? "secondes" : "seconde"),
  now: "maintenant",
  tomorrow: "demain",
  itIs: "Il est ",
  next: "Prochain rendez-vous",
  noNext: "Pas d’autre rendez-vous\naujourd’hui",
  noName: "Aucun nom n’apparaît ici.",
  idleSay: `Asseyez-vous et attendez${NB}: tout démarre tout seul.`,
  idleHelp: (phone) => [
    `Pas de rendez-vous${NB}? Demandez à l’accueil, ou appelez le `,
    phone,
    ".",
  ],
  hello: (name) => (name ? `Bonjour ${name}` : "Bonjour"),
  appointment: (hour) => `Votre rendez-vous de ${hour}${NB}:`,
  you: "Vous",
  nothingToTouch: `Vous n’avez rien à${NB}toucher.`,
  beforeCall:
    "Votre image s’ouvrira dix secondes avant. Jusqu’à l’heure, personne ne vous voit et personne ne vous entend.",
  beforeTool: (partner) =>
    `L’appel se fera dans la page «${NB}${partner}${NB}». Jusqu’à l’heure, personne ne vous voit ni ne vous entend.`,
  notNow: "Attendre avant de commencer",
  trouble: `Un souci${NB}?`,
  privacy: "Personne ne vous voit ni ne vous entend pour l’instant.",
  startsIn: "L’appel commence dans",
  starting: (agent) => `${agent} arrive.`,
  toolIn: "La page de l’appel s’ouvre dans",
  toolOpens: (partner) => `La page «${NB}${partner}${NB}» s’ouvre.`,
  inTool: (partner) => `L’appel se fait dans la page «${NB}${partner}${NB}».`,
  cameraFor: (host) => `La caméra est ouverte pour ${host}`,
  cameraOn: ["Caméra ouverte", "La page vous voit et vous entend."],
  cameraOff: ["Caméra fermée", "Personne ne vous voit ni ne vous entend."],
  toolStop: "ARRÊTER ferme la page et la caméra.",
  toolEnd: `Voulez-vous terminer le rendez-vous${NB}?`,
  toolHole: "La page de l’appel",
  toolApology: (partner) => `La page «${NB}${partner}${NB}» ne s’ouvre pas. Pardon.`,
  coveredCamera: "Votre caméra est cachée.",
  stop: "ARRÊTER",
  code: "Code commun",
  good: ["Bonne liaison", "Le son et l’image passent bien."],
  slow: ["Ligne lente", "Le son passe d’abord."],
  paused: ["Image en pause", "La ligne est mince. Le son continue."],
  sound: ["Son seulement", "Il n’y a pas d’image. Vous pouvez parler."],
  cut: ["Ligne coupée", `La ligne est coupée. Restez là${NB}: l’appel reprend tout seul.`],
  reviving: "Nous rétablissons l’appel.",
  ifCut: `Si tout coupe, restez là${NB}: l’appel reprend tout seul. Ou appelez`,
  hangsUp: (agent) => `À la fin, ${agent} raccroche.`,
  comes: (agent) => `L’image de ${agent} arrive.`,
  until: (reason, hour) => (reason ? `${reason}, jusqu’à ${hour}` : `Jusqu’à ${hour}`),
  callWith: (agent, partner) =>
    partner ? `Appel avec ${agent}, ${partner}` : `Appel avec ${agent}`,
  fills: (agent) => `${agent} remplit avec vous`,
  looks: (agent) => `${agent} regarde la page avec vous`,
  looksNoMore: (agent) => `${agent} ne voit plus cette page`,
  asks: (agent) => `${agent} demande`,
  question: (act) => {
    if (act === "see") return `Puis-je voir cette page avec vous${NB}?`;
    if (act === "control") return `Puis-je remplir cette page avec vous${NB}?`;
    if (act === "scan") return `Puis-je numériser votre feuille${NB}?`;
    return `Êtes-vous d’accord${NB}?`;
  },
  yes: "Oui",
  no: "Non",
  answerHow: "Parlez, ou touchez l’écran.",
  noAnswer: "Sans réponse, rien n’est fait.",
  endQuestion: `Voulez-vous terminer l’appel${NB}?`,
  endYes: "Terminer",
  endNo: "Continuer",
  mayNow: (agent) => `${agent} peut`,
  leave: (act) => {
    if (act === "see") return "voir cette page";
    if (act === "control") return "remplir cette page";
    if (act === "scan") return "numériser votre feuille";
    return act;
  },
  stopHint: "Vous pouvez arrêter à tout moment.",
  scanning: (state, agent) => {
    if (state === "failed")
      return ["La feuille n’est pas passée.", "Laissez-la en place. Nous réessayons ensemble."];
    if (state === "sent") return [`${agent} a reçu votre feuille.`, "Vous pouvez la reprendre."];
    if (state === "sealing" || state === "sending") {
      return [
        "Votre feuille est numérisée.",
        `Elle part vers ${agent}. Personne d’autre ne peut l’ouvrir.`,
      ];
    }
    return ["Votre feuille est en cours de numérisation.", "Ne la bougez pas."];
  },
  attaching: (pages) =>
    pages > 1 ? `Vos ${pages} feuilles partent vers` : "Votre feuille part vers",
  attachingStop: `ARRÊTER l’empêche.`,
  page: "La page remplie avec vous",
  late: (agent) => `${agent} a un peu de${NB}retard.`,
  lateStay: `Restez là${NB}: l’appel commence tout seul.`,
  apology: (agent) => `${agent} ne peut pas venir. Pardon.`,
  apologyNext: "L’accueil vous propose une autre heure.",
  nextAt: (when) => `Votre nouveau rendez-vous${NB}: ${when}`,
  thanks: (name) => (name ? `Merci ${name}.` : "Merci."),
  papers: "Reprenez vos papiers.",
  wiped: "La page est effacée de cet appareil.",
  troubleTitle: "L’appel ne peut pas commencer ici.",
  troubleStay: "Ce n’est pas de votre fait. L’accueil peut vous aider.",
  callThis: "Appelez ce numéro",
};

const en: StageText = {
  locale: "en-GB",
  clock: (hour, minute) => `${hour}:${two(minute)}`,
  hour: (hour, minute) => `${hour}:${two(minute)}`,
  inMinutes: (minutes) => `in ${minutes} minute${minutes === 1 ? "" : "s"}`,
  inHours: (hours, minutes) => `in ${hours}${NB}h${NB}${two(minutes)}`,
  inward: "in",
  minutes: (count) => `${count} minute${count === 1 ? "" : "s"}`,
  seconds: (count) => `${count} second${count === 1 ? "" : "s"}`,
  secondsWord: (count) => (count === 1 ? "second" : "seconds"),
  now: "now",
  tomorrow: "tomorrow",
  itIs: "It is ",
  next: "Next appointment",
  noNext: "No other appointment today",
  noName: "No name is shown here.",
  idleSay: "Take a seat and wait: everything starts by itself.",
  idleHelp: (phone) => ["No appointment? Ask at the desk, or call ", phone, "."],
  hello: (name) => (name ? `Hello ${name}` : "Hello"),
  appointment: (hour) => `Your appointment at ${hour}:`,
  you: "You",
  nothingToTouch: "You have nothing to touch.",
  beforeCall:
    "Your picture opens ten seconds before. Until the hour, nobody sees you and nobody hears you.",
  beforeTool: (partner) =>
    `The call takes place in the page of ${partner}. Until the hour, nobody sees or hears you.`,
  notNow: "Wait before we start",
  trouble: "A problem?",
  privacy: "Nobody sees or hears you for now.",
  startsIn: "The call starts in",
  starting: (agent) => `${agent} is coming.`,
  toolIn: "The page of the call opens in",
  toolOpens: (partner) => `The page of ${partner} is opening.`,
  inTool: (partner) => `The call takes place in the page of ${partner}.`,
  cameraFor: (host) => `The camera is open for ${host}`,
  cameraOn: ["Camera open", "The page sees and hears you."],
  cameraOff: ["Camera closed", "Nobody sees or hears you."],
  toolStop: "STOP closes the page and the camera.",
  toolEnd: "Do you want to end the appointment?",
  toolHole: "The page of the call",
  toolApology: (partner) => `The page of ${partner} does not open. Sorry.`,
  coveredCamera: "Your camera is covered.",
  stop: "STOP",
  code: "Shared code",
  good: ["Good line", "Sound and picture come through well."],
  slow: ["Slow line", "Sound goes first."],
  paused: ["Picture paused", "The line is thin. Sound goes on."],
  sound: ["Sound only", "There is no picture. You can talk."],
  cut: ["Line cut", "The line is cut. Stay there: the call resumes by itself."],
  reviving: "We are bringing the call back.",
  ifCut: "If everything cuts out, stay there: the call resumes by itself. Or call",
  hangsUp: (agent) => `At the end, ${agent} hangs up.`,
  comes: (agent) => `The picture of ${agent} is coming.`,
  until: (reason, hour) => (reason ? `${reason}, until ${hour}` : `Until ${hour}`),
  callWith: (agent, partner) => (partner ? `Call with ${agent}, ${partner}` : `Call with ${agent}`),
  fills: (agent) => `${agent} fills in with you`,
  looks: (agent) => `${agent} looks at the page with you`,
  looksNoMore: (agent) => `${agent} no longer sees this page`,
  asks: (agent) => `${agent} asks`,
  question: (act) => {
    if (act === "see") return "May I see this page with you?";
    if (act === "control") return "May I fill in this page with you?";
    if (act === "scan") return "May I scan your sheet?";
    return "Do you agree?";
  },
  yes: "Yes",
  no: "No",
  answerHow: "Speak, or touch the screen.",
  noAnswer: "Without an answer, nothing is done.",
  endQuestion: "Do you want to end the call?",
  endYes: "End",
  endNo: "Go on",
  mayNow: (agent) => `${agent} may`,
  leave: (act) => {
    if (act === "see") return "see this page";
    if (act === "control") return "fill in this page";
    if (act === "scan") return "scan your sheet";
    return act;
  },
  stopHint: "You can stop at any time.",
  scanning: (state, agent) => {
    if (state === "failed")
      return ["The sheet did not go through.", "Leave it there. We try again together."];
    if (state === "sent") return [`${agent} has received your sheet.`, "You can take it back."];
    if (state === "sealing" || state === "sending") {
      return ["Your sheet is scanned.", `It goes to ${agent}, and nobody else can open it.`];
    }
    return ["Your sheet is being scanned.", "Do not move it."];
  },
  attaching: (pages) => (pages > 1 ? `Your ${pages} sheets go to` : "Your sheet goes to"),
  attachingStop: "STOP prevents it.",
  page: "The page filled in with you",
  late: (agent) => `${agent} is a little late.`,
  lateStay: "Stay there: the call starts by itself.",
  apology: (agent) => `${agent} cannot come. Sorry.`,
  apologyNext: "The desk offers you another hour.",
  nextAt: (when) => `Your new appointment: ${when}`,
  thanks: (name) => (name ? `Thank you ${name}.` : "Thank you."),
  papers: "Take your papers back.",
  wiped: "The page is erased from this device.",
  troubleTitle: "The call cannot start here.",
  troubleStay: "It is not your doing. The desk can help you.",
  callThis: "Call this number",
};

/** The words in `lang` (a BCP 47 tag); French where we have no others. */
export function stageText(lang: string): StageText {
  return lang.toLowerCase().startsWith("en") ? en : fr;
}
