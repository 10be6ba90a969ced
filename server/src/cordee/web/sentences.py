"""What sockets and services say to people: named here, where the catalogue looks for sentences.

The French is each sentence's own, defined where it is said; a test holds both equal.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

SAID_BY_SOCKETS = (
    gettext_noop("Ce rendez-vous n’est pas le vôtre. Revenez à vos rendez-vous."),
    gettext_noop("Ce rendez-vous est ouvert dans une autre fenêtre. Continuez là-bas."),
    gettext_noop("Une autre personne reçoit à votre place. Revenez à vos rendez-vous."),
)

SAID_BY_BOOKING = (
    gettext_noop("Cette heure vient d’être prise. Choisissez-en une autre."),
    gettext_noop("Cette heure est déjà passée. Choisissez-en une plus tard."),
    gettext_noop("Les rendez-vous commencent de cinq en cinq minutes : 10 h 00, 10 h 05, 10 h 10…"),
    gettext_noop(
        "C’est trop tôt pour cette démarche. Choisissez une heure plus tard, ou téléphonez."
    ),
    gettext_noop("Ce jour est trop loin pour cette démarche. Choisissez un jour plus proche."),
    gettext_noop("Ce lieu est fermé à cette heure. Choisissez une autre heure ou un autre lieu."),
    gettext_noop("Personne ne reçoit pour cette démarche à cette heure. Choisissez-en une autre."),
    gettext_noop("Ce lieu ne propose pas cette démarche. Choisissez un autre lieu."),
    gettext_noop("Cette borne n’est plus en service. Choisissez-en une autre."),
    gettext_noop("Cette heure n’est plus gardée pour vous. Choisissez-en une nouvelle."),
    gettext_noop(
        "Vous avez choisi une autre heure depuis, peut-être dans une autre fenêtre. "
        "Continuez là-bas, ou choisissez de nouveau ici."
    ),
    gettext_noop(
        "Cette demande a déjà servi pour un autre rendez-vous. Recommencez depuis le début."
    ),
    gettext_noop("Ce rendez-vous est annulé ou passé : il ne se change plus. Prenez-en un autre."),
    gettext_noop(
        "Cette personne a déjà un rendez-vous pour cette démarche. Déplacez-le ou "
        "annulez-le plutôt que d’en prendre un second."
    ),
    gettext_noop(
        "Relisez ce numéro ou cette adresse : par exemple 06 12 34 56 78 ou nom@exemple.fr."
    ),
    gettext_noop(
        "Ce numéro est celui d’un téléphone fixe : il ne reçoit pas de SMS. Choisissez « "
        "fixe », ou donnez un numéro de mobile."
    ),
    gettext_noop(
        "Pour une personne mineure ou protégée, donnez le nom du parent, du tuteur ou du "
        "curateur qui l’accompagne."
    ),
    gettext_noop(
        "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été. Choisissez-en une autre."
    ),
    gettext_noop("Choisissez une heure dans la liste."),
    gettext_noop(
        "Nous ne pouvons plus réserver avec la même personne. Voici les heures de ses collègues."
    ),
    gettext_noop("Cette proposition n’est plus là. Choisissez-en une autre."),
    gettext_noop("Écrivez le numéro auquel on vous appelle, ou choisissez une autre proposition."),
    gettext_noop("Cette démarche n’est plus proposée. Choisissez-en une autre."),
    gettext_noop("Cette personne ne reçoit pas pour cette démarche."),
    gettext_noop(
        "Cette personne ne peut pas recevoir pour cette demande. Choisissez-en une autre."
    ),
    gettext_noop("Dites qui vient en plus : choisissez la personne, ou écrivez son nom."),
    gettext_noop("L’heure du rendez-vous n’est pas encore venue. Attendez-la."),
    gettext_noop("Cette personne est déjà sur la liste d’attente pour cette démarche."),
    gettext_noop(
        "Cette proposition n’est plus valable, et vous n’êtes plus sur la liste d’attente."
    ),
    gettext_noop(
        "Cette proposition n’est plus valable. Vous restez sur la liste d’attente : "
        "nous vous écrirons dès qu’une autre heure se libère."
    ),
    gettext_noop(
        "Donnez un numéro de mobile ou une adresse e-mail : une place libre s’annonce par écrit."
    ),
)

SAID_OF_WEEKS = (
    gettext_noop("Deux plages du même jour se chevauchent. Réunissez-les ou séparez-les."),
    gettext_noop("Cette période est déjà finie. Donnez une fin à venir."),
    gettext_noop("Cette période n’existe plus. Quelqu’un l’a retirée."),
    gettext_noop("Ce compte est fermé : aucun mot de passe ne l’ouvre plus."),
    gettext_noop("Le dernier jour de cette plage est passé. Donnez-en un à venir, ou aucun."),
)

SAID_OF_CALENDARS = (
    gettext_noop("Cette adresse n’en est pas une : elle commence par https://."),
    gettext_noop("L’adresse n’est pas une adresse https://."),
    gettext_noop("Ce serveur n’existe pas ; vérifiez l’adresse."),
    gettext_noop("L’adresse mène à un réseau privé : il faut une adresse publique."),
    gettext_noop("Le serveur de l’agenda ne répond pas."),
    gettext_noop("Le certificat du serveur de l’agenda n’est pas valable."),
    gettext_noop("L’agenda met plus de dix secondes à venir ou à se lire."),
    gettext_noop("L’agenda dépasse 2 Mo."),
    gettext_noop("L’adresse renvoie trop de fois vers une autre."),
    gettext_noop("L’agenda a trop d’événements."),
    gettext_noop("Ce qui vient de cette adresse n’est pas un agenda iCal."),
    gettext_noop("Le serveur de l’agenda a mal répondu."),
    gettext_noop("Les heures lues la dernière fois restent bloquées."),
)

SAID_OF_OUTCOMES = (
    gettext_noop("Démarche faite"),
    gettext_noop("À poursuivre"),
    gettext_noop("Démarche non faite"),
    gettext_noop("Personne ne s’est présenté"),
    gettext_noop("Choisissez ce qui est advenu du rendez-vous."),
    gettext_noop(
        "Ce rendez-vous n’a pas eu lieu, ou a été annulé. "
        "Notez ce qui en est advenu une fois l’appel commencé."
    ),
)

SAID_OF_PARTNERS = (
    gettext_noop("Un compte existe déjà avec cette adresse."),
    gettext_noop("Une personne de cette administration porte déjà ce nom ; ajoutez une initiale."),
    gettext_noop(
        "Chaque ligne est un site, un espace, puis un champ d’une seule ligne. "
        "Par exemple : www.exemple.fr #numero-fiscal. Vingt lignes au plus."
    ),
    gettext_noop("Une ligne nomme un site que cette démarche n’ouvre pas : relisez-le."),
    gettext_noop(
        "Ce site n’est pas déclaré pour votre administration : demandez-le à qui gère Cordée, "
        "puis recommencez."
    ),
    gettext_noop("Une démarche porte déjà ce nom : changez celle-là, ou donnez un autre nom."),
    gettext_noop("Une visite dure de 5 à 240 minutes, de cinq en cinq."),
    gettext_noop(
        "Le délai avant le rendez-vous dépasse l’horizon de réservation (366 jours au plus)."
    ),
    gettext_noop("Écrivez chaque langue en deux lettres : fr, en, it, ar…"),
    gettext_noop("Un interprète ne reçoit personne. Demandez une autre compétence, ou aucune."),
    gettext_noop("Le compte de cette personne est fermé : elle ne reçoit plus."),
    gettext_noop(
        "Cette personne n’a pas la compétence ou la langue demandée. Choisissez-en une autre."
    ),
    gettext_noop("Cette personne ne reçoit pas à cette heure. Choisissez-en une autre."),
    gettext_noop("Cette personne est déjà prise à cette heure. Choisissez-en une autre."),
    gettext_noop("Ce rendez-vous a commencé ou est annulé : il n’y a plus rien à reprendre."),
    gettext_noop("Ce rendez-vous a eu lieu ou est annulé : il n’y a personne à rappeler."),
    gettext_noop("Cette note est trop longue : 200 signes au plus."),
    gettext_noop("La personne a attendu, personne ne l’a reçue"),
    gettext_noop("L’appel n’a pas eu lieu"),
)

SAID_BY_SERVICES = (
    gettext_noop(
        "Introuvable : cela n’existe pas, ou n’est pas à vous. Revenez à vos rendez-vous."
    ),
    gettext_noop("Ces clés ne sont pas lisibles. Créez-les de nouveau."),
    gettext_noop("La preuve ne correspond pas à la clé. Créez vos clés de nouveau."),
    gettext_noop("Une borne porte déjà ce nom. Choisissez-en un autre."),
    gettext_noop("Cette fermeture est déjà finie. Donnez une fin à venir."),
    gettext_noop("Cette borne n’est pas inscrite : elle ne reçoit personne."),
    gettext_noop("Cette fin est déjà passée. Donnez une fin à venir."),
    gettext_noop("Ce rendez-vous a commencé ou est terminé : il ne peut plus être annulé."),
)
