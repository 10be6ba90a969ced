/** The words of the call: the hour, the people, the line and what stands in its way. */

export const fr = {
  hour: (h: number, m: number) => `${h}\u00a0h\u00a0${String(m).padStart(2, "0")}`,
  minutesPast: (n: number) => `${n}\u00a0min`,
  past: "passées",
  toGo: "avant l’appel",
  keys: "Touches",
  people: "Personnes et appel",
  you: "Vous",
  yourPicture: "Votre image",
  pictureOf: (name: string, site: string) => `${name}, ${site}`,
  mic: "Micro",
  camera: "Image",
  micOn: "Le micro est ouvert",
  micOff: "Le micro est coupé",
  cameraOn: "La caméra est ouverte",
  cameraOff: "La caméra est coupée",
  hearSound: "Ouvrir le son",
  phone: (number: string) => `En cas de coupure\u00a0: ${number}`,
  commonCode: "Code commun",
  sameCode: "— le même s’affiche sur la borne.",
  nextZone: "zone suivante",
  line: {
    idle: ["Pas encore reliés", "L’appel commence tout seul à l’heure dite."],
    waiting: ["En attente de la borne", "Restez là\u00a0: l’appel commence tout seul."],
    warm: ["Reliés", "Personne ne vous voit ni ne vous entend pour l’instant."],
    good: ["Bonne liaison", ""],
    fair: ["Liaison moyenne", "Le son passe d’abord. L’image est réduite."],
    slow: ["Liaison faible", "La ligne est lente. Le son passe d’abord."],
    paused: ["Image en pause", "La ligne est mince. Le son continue."],
    sound: ["Son seulement", "Aucune image ne vient. Vous pouvez parler."],
    cut: ["Ligne coupée", "Restez là\u00a0: l’appel reprend tout seul."],
    ended: ["Appel terminé", ""],
  },
  link: {
    joining: "Entrée au guichet…",
    lost: "Le serveur ne répond pas. Cette page se reconnecte toute seule.",
  },
  refused: {
    keys_missing:
      "Vos clés sont dans un autre navigateur\u00a0: la borne refuse l’appel d’ici. Ouvrez «\u00a0Mes clés\u00a0».",
    keys_pending:
      "Vos clés attendent d’être certifiées par votre administration. L’appel se fera tout seul dès qu’elles le sont.",
    keys_unsupported:
      "Ce navigateur ne peut pas garder vos clés\u00a0: d’ici, ni appel ni page numérisée. Ouvrez Cordée dans Chrome ou Edge à jour, hors navigation privée, à une adresse en https.",
    fingerprint:
      "Cette borne n’a pas prouvé qui elle est. L’appel est refusé, rien n’a été envoyé. Prévenez le technicien.",
    kiosk_refused:
      "La borne n’a pas reconnu votre ligne\u00a0: elle refuse l’appel, personne n’est vu ni entendu. Prévenez le technicien.",
    camera_refused:
      "Le navigateur n’a pas le droit d’ouvrir la caméra et le micro. Autorisez-les près de l’adresse, puis rechargez la page.",
    camera_missing: "Aucune caméra ou aucun micro n’a été trouvé. Branchez-les, puis rechargez.",
    camera_busy:
      "Un autre programme tient la caméra ou le micro. Fermez-le, puis rechargez la page.",
  },
  openKeys: "Mes clés",
  keysHelp: [
    ["F1", "montrer ou cacher cette aide"],
    ["F2", "rendre la main"],
    ["F6", "zone suivante"],
    ["F7", "couper ou rouvrir le micro"],
    ["F8", "numériser"],
  ],
  echoHelp: ["Élodie", "tapé ici, pas encore confirmé par la borne"],
};

export const en: typeof fr = {
  hour: (h, m) => `${h}:${String(m).padStart(2, "0")}`,
  minutesPast: (n) => `${n}\u00a0min`,
  past: "gone",
  toGo: "before the call",
  keys: "Keys",
  people: "People and call",
  you: "You",
  yourPicture: "Your picture",
  pictureOf: (name, site) => `${name}, ${site}`,
  mic: "Mic",
  camera: "Picture",
  micOn: "The microphone is open",
  micOff: "The microphone is off",
  cameraOn: "The camera is open",
  cameraOff: "The camera is off",
  hearSound: "Turn the sound on",
  phone: (number) => `If the line breaks: ${number}`,
  commonCode: "Common code",
  sameCode: "— the kiosk shows the same one.",
  nextZone: "next area",
  line: {
    idle: ["Not linked yet", "The call starts by itself at its hour."],
    waiting: ["Waiting for the kiosk", "Stay here: the call starts by itself."],
    warm: ["Linked", "Nobody sees or hears you for now."],
    good: ["Good line", ""],
    fair: ["Fair line", "Sound goes first. The picture is reduced."],
    slow: ["Weak line", "The line is slow. Sound goes first."],
    paused: ["Picture paused", "The line is thin. Sound goes on."],
    sound: ["Sound only", "No picture comes. You can talk."],
    cut: ["Line cut", "Stay here: the call resumes by itself."],
    ended: ["Call over", ""],
  },
  link: {
    joining: "Entering…",
    lost: "The server does not answer. This page reconnects by itself.",
  },
  refused: {
    keys_missing:
      "Your keys are in another browser: the kiosk refuses the call from here. Open “My keys”.",
    keys_pending:
      "Your keys wait to be certified by your organisation. The call comes by itself once they are.",
    keys_unsupported:
      "This browser cannot keep your keys: from here, no call and no scanned page. Open Cordée in an up-to-date Chrome or Edge, outside private browsing, at an https address.",
    fingerprint:
      "This kiosk did not prove who it is. The call is refused, nothing was sent. Tell the technician.",
    kiosk_refused:
      "The kiosk did not recognise your line: it refuses the call, nobody is seen or heard. Tell the technician.",
    camera_refused:
      "The browser may not open camera and microphone. Allow them near the address, then reload.",
    camera_missing: "No camera or no microphone was found. Plug them in, then reload.",
    camera_busy: "Another program holds the camera or the microphone. Close it, then reload.",
  },
  openKeys: "My keys",
  keysHelp: [
    ["F1", "show or hide this help"],
    ["F2", "give the hand back"],
    ["F6", "next area"],
    ["F7", "microphone off or on"],
    ["F8", "scan"],
  ],
  echoHelp: ["Élodie", "typed here, not yet confirmed by the kiosk"],
};
