"""What an agent writes about their week: a weekly opening, a stretch of time, a calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cordee.appointments.hours import HourMissing, local_hour
from cordee.directory.models import Absence, Agent
from cordee.kernel.cells import DAY_MIN, WeeklyRule
from cordee.kernel.period import Period
from cordee.web.columns import length_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cordee.directory.models import ExtraOpening

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
WEEKDAYS = (
    _("Lundi"),
    _("Mardi"),
    _("Mercredi"),
    _("Jeudi"),
    _("Vendredi"),
    _("Samedi"),
    _("Dimanche"),
)
_MIDNIGHT = re.compile(r"24(:00(:00)?| ?h ?(00)?)")
_BAD_DAY = _("Écrivez le jour comme ceci : 08/12/2026.")


def _day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        error_messages={"required": _("Choisissez le jour."), "invalid": _BAD_DAY},
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        validators=[MinValueValidator(FIRST_DAY, _BAD_DAY), MaxValueValidator(LAST_DAY, _BAD_DAY)],
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )


class EndField(forms.TimeField):
    """The hour at which something ends: 24:00 is taken too, as midnight (`time(0)`)."""

    def to_python(self, value: Any) -> time | None:
        """Return the hour; midnight is the end of the day."""
        if isinstance(value, str) and _MIDNIGHT.fullmatch(value.strip()):
            return time(0)
        return super().to_python(value)


def _hour(label: Any, kind: type[forms.TimeField] = forms.TimeField) -> forms.TimeField:
    return kind(
        label=label,
        error_messages={
            "required": _("Choisissez l’heure."),
            "invalid": _("Écrivez l’heure comme ceci : 10:30."),
        },
        input_formats=["%H:%M", "%H:%M:%S", "%Hh%M", "%H h %M"],
        widget=forms.TimeInput(
            attrs={"class": "input", "type": "time", "step": "300"}, format="%H:%M"
        ),
    )


class OpeningForm(forms.Form):
    """A stretch of every week, with its first and last day."""

    weekday = forms.TypedChoiceField(
        label=_("Jour de la semaine"),
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        error_messages={"required": _("Choisissez le jour.")},
        widget=forms.Select(attrs={"class": "input"}),
    )
    starts = _hour(_("De"))
    ends = _hour(_("À"), EndField)
    since = _day(_("Premier jour"), required=False, help_text=_("Vide : dès maintenant."))
    until = _day(_("Dernier jour"), required=False, help_text=_("Vide : sans fin."))

    def clean(self) -> dict[str, Any]:
        """Refuse what ends before it starts."""
        data = super().clean() or self.cleaned_data
        starts, ends, since, until = (
            data.get(name) for name in ("starts", "ends", "since", "until")
        )
        if starts is not None and ends is not None and _end_minute(ends) <= _minute(starts):
            self.add_error(
                "ends", gettext("La fin vient avant le début. Donnez une heure plus tard.")
            )
        if since and until and until < since:
            self.add_error("until", gettext("Le dernier jour vient avant le premier."))
        return data

    @staticmethod
    def showing(rule: WeeklyRule) -> dict[str, Any]:
        """Return the values with which a form shows this rule."""
        return {
            "weekday": rule.weekday,
            "starts": _clock(rule.start_min),
            "ends": _clock(rule.end_min),
            "since": rule.since,
            "until": rule.until,
        }

    @property
    def rule(self) -> WeeklyRule:
        """The rule, once the form is valid."""
        data = self.cleaned_data
        return WeeklyRule(
            data["weekday"],
            _minute(data["starts"]),
            _end_minute(data["ends"]),
            data["since"],
            data["until"],
        )


class SpanForm(forms.Form):
    """A stretch of time, from a day and hour to a day and hour.

    `is_whole` says that of an hour which the clocks show twice the end is the second: an absence
    covers both. 00:00 ends the first day itself, but begins a later one: a time input has no 24:00.
    """

    first_day = _day(_("Du"))
    starts = _hour(_("À partir de"))
    last_day = _day(_("Au"))
    ends = _hour(_("Jusqu’à"), EndField)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=length_of(Absence, "note"),
        help_text=_("Pour votre administration seulement."),
        error_messages={"max_length": _("Cette note est trop longue : 120 signes au plus.")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    period: Period

    def __init__(self, *args: Any, is_whole: bool, **kwargs: Any) -> None:
        """Remember whether the end covers an hour that comes twice."""
        super().__init__(*args, **kwargs)
        self._is_whole = is_whole

    @staticmethod
    def showing(period: Period, note: str = "") -> dict[str, Any]:
        """Return the values with which a form shows this stretch."""
        start, end = timezone.localtime(period.start), timezone.localtime(period.end)
        is_one_day = last_day(end) == start.date()
        return {
            "first_day": start.date(),
            "starts": start.time(),
            "last_day": start.date() if is_one_day else end.date(),
            "ends": end.time(),
            "note": note,
        }

    def clean(self) -> dict[str, Any]:
        """Make the period; refuse hours that do not exist and ends before the start."""
        data = super().clean() or self.cleaned_data
        start = self._instant("first_day", "starts")
        end = self._instant("last_day", "ends", is_second=self._is_whole)
        if start and end and end <= start:
            self.add_error(
                "ends", gettext("La fin vient avant le début. Donnez une heure plus tard.")
            )
        elif start and end:
            self.period = Period(start, end)
        return data

    def _instant(self, day: str, hour: str, *, is_second: bool = False) -> datetime | None:
        on, at = self.cleaned_data.get(day), self.cleaned_data.get(hour)
        if on is None or at is None:
            return None
        if hour == "ends" and at == time(0) and self._is_day_over(on):
            on += timedelta(days=1)
        zone = ZoneInfo(settings.TIME_ZONE)
        try:
            found = local_hour(on, at, zone)
        except HourMissing as refusal:
            self.add_error(hour, gettext(refusal.message))
            return None
        if found.comes_twice and is_second:
            return datetime.combine(on, at.replace(fold=1), zone).astimezone(UTC)
        return found.at

    def _is_day_over(self, on: date) -> bool:
        is_told = _MIDNIGHT.fullmatch(self.data.get("ends", "").strip()) is not None
        return is_told or on == self.cleaned_data.get("first_day")


class CalendarForm(forms.Form):
    """The address of the agent's own calendar."""

    url = forms.CharField(
        label=_("Adresse de votre agenda (iCal)"),
        help_text=_("Elle commence par https:// et finit souvent par .ics."),
        max_length=length_of(Agent, "calendar_url"),
        error_messages={
            "required": _("Collez l’adresse de votre agenda."),
            "max_length": _("Cette adresse est trop longue : 500 signes au plus."),
        },
        widget=forms.URLInput(attrs={"class": "input", "autocomplete": "off"}),
    )


def span_form(
    request: HttpRequest, held: Absence | ExtraOpening | None, *, is_whole: bool
) -> SpanForm:
    """Return the form as it was sent, as its address fills it in, or as `held` stands."""
    data = request.POST if request.method == "POST" else request.GET
    initial = SpanForm.showing(held.period(), held.note) if held else None
    is_filled = request.method == "POST" or "first_day" in data
    return SpanForm(data if is_filled else None, initial=initial, is_whole=is_whole)


def last_day(end: datetime) -> date:
    """Return the local day in which a stretch ends: what ends at midnight ends the day before."""
    local = timezone.localtime(end)
    return local.date() - timedelta(days=local.time() == time(0))


def _minute(hour: time) -> int:
    return hour.hour * 60 + hour.minute


def _end_minute(hour: time) -> int:
    return _minute(hour) or DAY_MIN


def _clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
