/** The words of the page on which an agent tries their own computer. */

export const fr = {
  trial: {
    state: { trying: "À l’essai…", ok: "Passe", bad: "Ne passe pas" },
    verdict: {
      trying: ["L’essai est en cours", "Cela prend dix secondes au plus."],
      ready: ["Votre poste est prêt", "Image, son et réseau vont bien."],
      direct: [
        "Votre poste est prêt",
        "Ce serveur n’a pas de relais\u00a0: si un appel ne passe pas, dites-le au technicien.",
      ],
      narrow: [
        "L’appel passera",
        "La meilleure voie est fermée\u00a0: l’image peut être moins bonne.",
      ],
      walled: [
        "L’appel ne passera pas d’ici",
        "Votre réseau ferme toutes les voies vers le relais. Une seule suffit.",
      ],
      cut: [
        "Le guichet ne passera pas d’ici",
        "Votre réseau arrête les WebSocket vers le serveur.",
      ],
      deaf: ["Le réseau va bien", "Il manque la caméra ou le micro\u00a0: voyez ci-dessous."],
    },
    ask: "À demander à votre service informatique\u00a0:",
    speak: "Dites quelques mots\u00a0: la barre doit bouger.",
    heard: "On vous entend",
  },
};

export const en: typeof fr = {
  trial: {
    state: { trying: "Being tried…", ok: "Passes", bad: "Does not pass" },
    verdict: {
      trying: ["The trial is running", "It takes ten seconds at most."],
      ready: ["Your computer is ready", "Picture, sound and network are well."],
      direct: [
        "Your computer is ready",
        "This server has no relay: if a call does not pass, tell the technician.",
      ],
      narrow: ["The call will pass", "The best way is closed: the picture may be less good."],
      walled: [
        "The call will not pass from here",
        "Your network closes every way to the relay. One is enough.",
      ],
      cut: ["The counter will not work from here", "Your network stops WebSockets to the server."],
      deaf: ["The network is well", "The camera or microphone is missing: see below."],
    },
    ask: "To ask your IT department for:",
    speak: "Say a few words: the bar must move.",
    heard: "You are heard",
  },
};
