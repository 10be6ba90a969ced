"""Booking an hour at the desk."""

from __future__ import annotations

from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from cordee.appointments.hours import local_hour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cordee.directory.models import Agent, Reason
    from cordee.fleet.models import Kiosk


LAST_DAY = date(2199, 12, 31)


class BookingForm(forms.Form):
    """First name, topic (reason and agent together), day, hour, kiosk. Nothing is chosen before."""

    citizen = forms.CharField(
        label=_("Prénom de la personne"),
        help_text=_("Il s’affiche en grand sur l’écran du lieu."),
        max_length=80,
        error_messages={
            "required": _("Écrivez le prénom de la personne."),
            "max_length": _("Ce prénom est trop long : 80 signes au plus."),
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    topic = forms.ChoiceField(
        label=_("Pour quoi, avec qui"),
        error_messages={
            "required": _("Choisissez la démarche."),
            "invalid_choice": _("Cette démarche n’est plus proposée. Choisissez-en une autre."),
        },
        widget=forms.Select(attrs={"class": "input"}),
    )
    day = forms.DateField(
        label=_("Jour"),
        help_text=_("Aujourd’hui ou plus tard."),
        error_messages={
            "required": _("Choisissez le jour."),
            "invalid": _("Écrivez le jour comme ceci : 08/12/2026."),
        },
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        # Later days have no neighbours in the calendar.
        validators=[MaxValueValidator(LAST_DAY, _("Écrivez le jour comme ceci : 08/12/2026."))],
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )
    hour = forms.TimeField(
        label=_("Heure"),
        help_text=_("De cinq en cinq minutes."),
        error_messages={
            "required": _("Choisissez l’heure."),
            "invalid": _("Écrivez l’heure comme ceci : 10:30."),
        },
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
        widget=forms.TimeInput(
            attrs={"class": "input", "type": "time", "step": "300"}, format="%H:%M"
        ),
    )
    kiosk = forms.ChoiceField(
        label=_("Borne"),
        error_messages={
            "required": _("Choisissez la borne."),
            "invalid_choice": _("Cette borne n’est plus là. Choisissez-en une autre."),
        },
        widget=forms.Select(attrs={"class": "input"}),
    )

    def __init__(
        self,
        *args: Any,
        topics: Iterable[tuple[Reason, Agent]],
        kiosks: Iterable[Kiosk],
        **kwargs: Any,
    ) -> None:
        """Offer these topics, grouped by partner (they come in that order), and these kiosks."""
        super().__init__(*args, **kwargs)
        self._topics = {f"{reason.pk}-{agent.pk}": (reason, agent) for reason, agent in topics}
        self._kiosks = {kiosk.public_id: kiosk for kiosk in kiosks}
        grouped = groupby(self._topics.items(), key=lambda item: item[1][0].partner.label)
        choices: list[Any] = [("", _("Choisissez"))]
        choices += [
            (partner, [(value, _described(*topic)) for value, topic in items])
            for partner, items in grouped
        ]
        self.fields["topic"].choices = choices  # type: ignore[attr-defined]
        self.fields["kiosk"].choices = [  # type: ignore[attr-defined]
            ("", _("Choisissez")),
            *((value, kiosk.name) for value, kiosk in self._kiosks.items()),
        ]

    @property
    def reason(self) -> Reason:
        """The chosen reason, once the form is valid."""
        return self._topics[self.cleaned_data["topic"]][0]

    @property
    def agent(self) -> Agent:
        """The chosen agent, once the form is valid."""
        return self._topics[self.cleaned_data["topic"]][1]

    @property
    def chosen_kiosk(self) -> Kiosk:
        """The chosen kiosk, once the form is valid."""
        return self._kiosks[self.cleaned_data["kiosk"]]

    @property
    def starts_at(self) -> datetime:
        """The chosen instant, once the form is valid. Raises HourMissing when the clocks jump."""
        zone = ZoneInfo(settings.TIME_ZONE)
        return local_hour(self.cleaned_data["day"], self.cleaned_data["hour"], zone).at


def _described(reason: Reason, agent: Agent) -> str:
    return f"{reason.label}, {agent.label} ({reason.duration_min} min)"
