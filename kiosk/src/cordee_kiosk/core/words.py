"""What the kiosk says and writes, in plain French (look/README.md). No gender for the citizen."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from cordee_wire.kiosk_link import AgendaEntry

_ZONE = ZoneInfo("Europe/Paris")

_ASKS = {
    "see": "Puis-je voir cette page avec vous ?",
    "control": "Puis-je remplir cette page avec vous ?",
    "scan": "Puis-je numériser votre feuille ?",
}

_TYPE = {
    "password": "Tapez votre mot de passe.",
    "code": "Tapez votre code.",
    "card": "Tapez le numéro de votre carte.",
    "secret": "Tapez ce qui est demandé.",
}

CALL_REFUSED = (
    "La ligne n’est pas sûre : l’appel est refusé. Personne ne vous voit ni ne vous entend."
)
CANCELLED = "Ce rendez-vous est annulé. Pour toute question, appelez le numéro affiché."
DECLINED = "L’appel est arrêté. Personne ne vous voit ni ne vous entend."
ENDING_SOON = "L’entretien se termine dans deux minutes."
NO_CAMERA = "La caméra ne marche pas. L’appel se fait sans image de vous."
NOT_GIVEN = "Il faut d’abord l’accord de la personne. Demandez-le, puis recommencez."
SEE_FIRST = "Demandez d’abord à voir la page."
BUSY = "Une demande est déjà en cours. Attendez la réponse, puis recommencez."
BUSY_SCANNING = "Une feuille est déjà en cours de numérisation. Attendez qu’elle soit passée."
BUSY_VERBS = "La borne n’a pas fini ce qui précède. Attendez un instant, puis recommencez."
NOT_SPOKEN = (
    "La demande n’a pas été dite à voix haute jusqu’au bout : la réponse se donne sur l’écran."
)
ATTACH_NONE = "Aucune feuille n’est numérisée dans ce rendez-vous. Numérisez-la, puis joignez-la."
ATTACH_UNKNOWN = "La borne n’a plus cette page. Numérisez-la de nouveau, puis joignez-la."
ATTACH_BAD = "Choisissez une page ou plusieurs, chacune une fois, puis recommencez."
ATTACH_BUSY = "Une page est déjà en route vers le site. Attendez un instant, puis recommencez."
ATTACH_MOVED = "La page du site a changé : rien n’est joint. Recommencez si besoin."
ATTACH_STOPPED = "C’est arrêté : rien n’est joint."
NOT_SPOKEN_ATTACH = "La borne n’a pas pu le dire à voix haute : rien n’est joint. Recommencez."
DOCUMENT_CAME = "Un document est arrivé. Il reste sur cette borne."
DOCUMENT_GONE = "La borne n’a plus ce document. Demandez-le de nouveau au site."
UNKNOWN_ACT = "La borne ne connaît pas cette demande. Rechargez la page du guichet."
SCAN_HALTED = (
    "L’accord pour numériser est retiré : la feuille n’est pas envoyée. Redemandez-le si besoin."
)
PAGE_REFUSED = (
    "Le serveur n’a pas voulu de cette page, personne ne l’a. Numérisez-la de nouveau ; "
    "si cela revient, prévenez le technicien."
)
SCAN_UNENDED = "La numérisation n’a pas abouti. Attendez un instant, puis recommencez."
BAD_REQUEST = {
    "too_large": "Cette demande est trop grande pour la borne. Envoyez-la en plusieurs fois.",
    "malformed": "La borne n’a pas pu lire cette demande. Rechargez la page du guichet.",
    "unknown": UNKNOWN_ACT,
}
"""What the agent reads when the counter has said nonsense, by `MessageRefused.code`."""
_NOT_SCANNED = {
    "jammed": "Une feuille est coincée dans le scanner. L’accueil peut la retirer.",
    "no_paper": "Le scanner n’a pas trouvé de feuille. Posez-la, puis dites-le.",
    "cover_open": "Le capot du scanner est ouvert. Fermez-le, puis dites-le.",
    "page_refused": "Votre feuille n’est pas arrivée. Laissez-la en place : nous recommençons.",
    "device_missing": "Le scanner ne répond pas. L’accueil peut le rallumer.",
    "sealing_refused": (
        "Votre feuille n’est pas envoyée : rien ne prouve qui la recevrait. L’appel continue."
    ),
}
_NOT_SCANNED_OTHER = "La feuille n’est pas passée. Laissez-la en place : nous réessayons ensemble."
TOOL_UNKNOWN = (
    "Cette borne ne connaît pas la page de l’appel : elle ne l’ouvre pas. "
    "Appelez le numéro affiché."
)
REFUSED = "Vous avez dit non. Nous continuons en parlant."
STOPPED = "C’est arrêté. L’appel continue."


def not_scanned(code: str) -> str:
    """Return what the citizen sees and hears when a sheet did not go through."""
    return _NOT_SCANNED.get(code, _NOT_SCANNED_OTHER)


def hour(at: float) -> str:
    """Return an instant as people say it here: `9 h 30`."""
    local = datetime.fromtimestamp(at, _ZONE)
    return f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02d}" if local.minute else "")


def asking(act: str, entry: AgendaEntry) -> str:
    """Return the request as it is said aloud; silence is never a yes."""
    return f"{entry.agent} vous demande : {_ASKS[act]} Sans réponse, rien n’est fait."


def welcome(entry: AgendaEntry) -> str:
    """Return what is said when the screen wakes."""
    return (
        f"Bonjour. Rendez-vous à {hour(entry.starts_at)} avec {entry.agent}, "
        f"{entry.partner_label}. Personne ne vous voit ni ne vous entend pour l’instant."
    )


def countdown(entry: AgendaEntry) -> str:
    """Return what is said before picture and sound."""
    return f"L’appel avec {entry.agent} commence dans quelques secondes."


def tool_welcome(entry: AgendaEntry) -> str:
    """Return what is said when the screen wakes for a visit in the partner's own tool."""
    return f"{welcome(entry)} L’appel se fera dans la page « {entry.partner_label} »."


def tool_countdown(entry: AgendaEntry) -> str:
    """Return what is said before the partner's own tool opens."""
    return f"La page « {entry.partner_label} » s’ouvre dans quelques secondes, avec la caméra."


def tool_opened(entry: AgendaEntry) -> str:
    """Return what is said when the partner's own tool has the camera."""
    return (
        f"L’appel se fait dans la page « {entry.partner_label} ». "
        "La caméra et le micro sont ouverts pour cette page. Le bouton ARRÊTER les ferme."
    )


def tool_apology(entry: AgendaEntry) -> str:
    """Return what is said when the partner's own tool did not open."""
    return f"La page « {entry.partner_label} » ne s’ouvre pas. Pardon. Appelez le {entry.phone}."


def type_secret(kind: str, entry: AgendaEntry) -> str:
    """Return what is said when the citizen's own keyboard opens."""
    return f"{_TYPE[kind]} {entry.agent} ne le voit pas."


def attaching(entry: AgendaEntry, pages: int, host: str) -> str:
    """Return what is said before scanned pages go to the partner's site."""
    what = "votre feuille" if pages == 1 else f"vos {pages} feuilles"
    return f"{entry.agent} joint {what} au site {host}. Pour l’empêcher : ARRÊTER."


def late(entry: AgendaEntry) -> str:
    """Return what is said when the agent is not there at the hour."""
    return f"{entry.agent} a un peu de retard. Restez là."


def apology(entry: AgendaEntry) -> str:
    """Return what is said when the agent did not come."""
    return f"{entry.agent} ne peut pas venir. Pardon. Appelez le {entry.phone}."


def cut() -> str:
    """Return what is said when the line is lost."""
    return "La ligne est coupée. Restez là : l’appel reprend tout seul."


def ask_again(entry: AgendaEntry) -> str:
    """Return what stands on the screen when the line is back after a cut."""
    return f"Pour remplir de nouveau, {entry.agent} doit vous redemander."


def thanks() -> str:
    """Return what is said at the end."""
    return "L’entretien est terminé. Merci. Reprenez vos papiers."
