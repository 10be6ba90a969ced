"""Why an hour is refused. Every sentence says what the person can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cordee.kernel.refusal import Refusal

if TYPE_CHECKING:
    from cordee.appointments.models import Appointment


class SlotTaken(Refusal):
    """Another appointment holds the kiosk or the agent then. The person chooses another hour."""

    code = "slot_taken"
    message = "Cette heure vient d’être prise. Choisissez-en une autre."


class NumberMissing(Refusal):
    """Nobody can call somebody who gave no number. The person gives one, or chooses another."""

    code = "number_missing"
    message = "Écrivez le numéro auquel on vous appelle, ou choisissez une autre proposition."


class SlotStarted(Refusal):
    """The hour has already begun. The person chooses a later one."""

    code = "slot_started"
    message = "Cette heure est déjà passée. Choisissez-en une plus tard."


class SlotMisaligned(Refusal):
    """Hours begin every five minutes. The person chooses one of those."""

    code = "slot_misaligned"
    message = "Les rendez-vous commencent de cinq en cinq minutes : 10 h 00, 10 h 05, 10 h 10…"


class SlotTooSoon(Refusal):
    """The reason wants to be booked earlier. The person chooses a later hour, or telephones."""

    code = "slot_too_soon"
    message = "C’est trop tôt pour cette démarche. Choisissez une heure plus tard, ou téléphonez."


class SlotTooFar(Refusal):
    """The reason is not booked that far ahead. The person chooses a nearer day."""

    code = "slot_too_far"
    message = "Ce jour est trop loin pour cette démarche. Choisissez un jour plus proche."


class SiteClosed(Refusal):
    """The place does not receive people then. The person chooses another hour or place."""

    code = "site_closed"
    message = "Ce lieu est fermé à cette heure. Choisissez une autre heure ou un autre lieu."


class NobodyThere(Refusal):
    """No agent who can receive is there then. The person chooses another hour."""

    code = "nobody_there"
    message = "Personne ne reçoit pour cette démarche à cette heure. Choisissez-en une autre."


class ReasonClosed(Refusal):
    """The partner no longer receives people for this reason."""

    code = "reason_closed"
    message = "Cette démarche n’est plus proposée. Choisissez-en une autre."


class ReasonNotHere(Refusal):
    """The place does not offer the reason. The person chooses another place."""

    code = "reason_not_here"
    message = "Ce lieu ne propose pas cette démarche. Choisissez un autre lieu."


class ReasonElsewhere(Refusal):
    """The agent's partner does not receive people for this reason."""

    code = "reason_elsewhere"
    message = "Cette personne ne reçoit pas pour cette démarche."


class AgentUnfit(Refusal):
    """The agent has left, or lacks the skill or the language. Another agent is chosen."""

    code = "agent_unfit"
    message = "Cette personne ne peut pas recevoir pour cette demande. Choisissez-en une autre."


class KioskNotReady(Refusal):
    """The kiosk was taken out of service."""

    code = "kiosk_not_ready"
    message = "Cette borne n’est plus en service. Choisissez-en une autre."


class GuestMissing(Refusal):
    """A further seat names nobody who can take it."""

    code = "guest_missing"
    message = "Dites qui vient en plus : choisissez la personne, ou écrivez son nom."


class HoldExpired(Refusal):
    """The hour was kept for five minutes and has gone. The person chooses again."""

    code = "hold_expired"
    message = "Cette heure n’est plus gardée pour vous. Choisissez-en une nouvelle."


class HoldReplaced(Refusal):
    """The same person has chosen another hour meanwhile, in another window perhaps."""

    code = "hold_replaced"
    message = (
        "Vous avez choisi une autre heure depuis, peut-être dans une autre fenêtre. "
        "Continuez là-bas, ou choisissez de nouveau ici."
    )


class KeyReused(Refusal):
    """A program sent another request under a key that it had used: a defect of that program."""

    code = "key_reused"
    message = "Cette demande a déjà servi pour un autre rendez-vous. Recommencez depuis le début."


class AppointmentOver(Refusal):
    """The appointment was cancelled, or its hour has gone: it cannot be changed any more."""

    code = "appointment_over"
    message = "Ce rendez-vous est annulé ou passé : il ne se change plus. Prenez-en un autre."


class AlreadyBooked(Refusal):
    """The person has an appointment for this reason, `appointment`: move or cancel that one."""

    code = "already_booked"
    message = (
        "Cette personne a déjà un rendez-vous pour cette démarche. "
        "Déplacez-le ou annulez-le plutôt que d’en prendre un second."
    )

    def __init__(self, appointment: Appointment) -> None:
        """Keep the appointment that there is."""
        super().__init__()
        self.appointment = appointment


class ProposalGone(Refusal):
    """It was chosen, withdrawn, or is somebody else's: choose among those still shown."""

    code = "proposal_gone"
    message = "Cette proposition n’est plus là. Choisissez-en une autre."
