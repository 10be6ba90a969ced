"""Closing the site for hours, a day or several days: whom it touches is said before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cordee.accounts.permissions import HOST, permits
from cordee.appointments.closures import reopen_site
from cordee.appointments.hours import local_hour
from cordee.appointments.outages import touched_by_closure
from cordee.journal.rules import user as user_actor
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory
from cordee.territory import services as territory_services
from cordee.territory.models import SiteClosure
from cordee.web.citizen.asking import number, start_of
from cordee.web.columns import length_of
from cordee.web.desk.places import YEARS, at_site
from cordee.web.seen import seen

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site

LONGEST = timedelta(days=366)
"""A longer closure is a slip of the finger: a place that closes for good is taken out by staff."""
_DAY_WRONG = gettext_lazy("Écrivez le jour comme ceci : 08/12/2026.")
_HOUR_WRONG = gettext_lazy("Écrivez l’heure comme ceci : 10:30.")


def _day(label: Any, *, required: Any = "") -> Any:
    return forms.DateField(
        label=label,
        required=bool(required),
        error_messages={"required": required, "invalid": _DAY_WRONG},
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d"),
    )


class ClosureForm(forms.Form):
    """A day or the days up to a last one; hours unless these are whole.

    `since` is of the first day, `until` of the last: in between nobody comes.
    """

    day = _day(gettext_lazy("Jour"), required=gettext_lazy("Choisissez le jour."))
    last_day = _day(gettext_lazy("Jusqu’au (vide : ce jour seulement)"))
    since = forms.TimeField(
        label=gettext_lazy("De (vide : toute la journée)"),
        required=False,
        error_messages={"invalid": _HOUR_WRONG},
        widget=forms.TimeInput(attrs={"class": "input", "type": "time"}, format="%H:%M"),
    )
    until = forms.TimeField(
        label=gettext_lazy("À"),
        required=False,
        error_messages={"invalid": _HOUR_WRONG},
        widget=forms.TimeInput(attrs={"class": "input", "type": "time"}, format="%H:%M"),
    )
    note = forms.CharField(
        label=gettext_lazy("Pourquoi (facultatif)"),
        required=False,
        max_length=length_of(SiteClosure, "note"),
        error_messages={
            "max_length": gettext_lazy("C’est trop long : %(limit_value)s signes au plus.")
        },
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    period: Period

    def clean_day(self) -> date:
        """Refuse days outside the calendar."""
        return _in_calendar(self.cleaned_data["day"])

    def clean_last_day(self) -> date | None:
        """Refuse days outside the calendar."""
        last = self.cleaned_data["last_day"]
        return _in_calendar(last) if last else None

    def clean(self) -> dict[str, object]:
        """Make a period of days and hours; an hour that the clocks jump over is refused."""
        data = super().clean() or self.cleaned_data
        day, since, until = data.get("day"), data.get("since"), data.get("until")
        if day is None or self.errors:
            return data
        last = data.get("last_day") or day
        zone = timezone.get_current_timezone()
        try:
            start = local_hour(day, since, zone).at if since else start_of(day)
            end = local_hour(last, until, zone).at if until else start_of(last + timedelta(days=1))
        except Refusal as refusal:
            raise forms.ValidationError(_(refusal.message)) from refusal
        if last < day:
            self.add_error("last_day", _("Le dernier jour est avant le premier. Relisez-les."))
        elif last - day > LONGEST:
            self.add_error("last_day", _("Un an au plus. Relisez le dernier jour."))
        elif end <= start:
            self.add_error("until", _("Choisissez une fin plus tard que le début."))
        elif end <= timezone.now():
            self.add_error("day", _("Ce moment est déjà passé. Choisissez-en un autre."))
        else:
            self.period = Period(start, end)
        return data


def _in_calendar(day: date) -> date:
    if day.year not in YEARS:
        raise forms.ValidationError(_DAY_WRONG)
    return day


@permits(HOST)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_site
def closures(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:
    """List the closures to come; show whom a new one touches, then close.

    Who was not shown, because they booked meanwhile, is shown before anything is closed.
    """
    now = timezone.now()
    is_asked = request.method == "POST" or "day" in request.GET
    form = ClosureForm(request.POST or request.GET) if is_asked else ClosureForm()
    is_ready = is_asked and form.is_valid()
    touched = touched_by_closure(site, form.period, now=now) if is_ready else []
    is_agreed = request.POST.get("seen") == seen(touched)
    if is_ready and is_agreed:
        territory_services.close_site(
            site=site,
            period=form.period,
            note=form.cleaned_data["note"],
            actor=user_actor(request.user.pk),
            now=now,
        )
        said = _("C’est fermé.")
        if touched:
            said = _("C’est fermé. Les personnes touchées reçoivent d’autres propositions.")
        messages.success(request, said, extra_tags="ok")
        return redirect("closures")
    context = {
        "site": site,
        "many_sites": many_sites,
        "form": form,
        "is_ready": is_ready,
        "period": form.period if is_ready else None,
        "is_whole": is_ready and not form.cleaned_data["since"] and not form.cleaned_data["until"],
        "is_long": is_ready
        and (form.cleaned_data["last_day"] or form.cleaned_data["day"]) != form.cleaned_data["day"],
        "touched": touched,
        "seen": seen(touched),
        "closures": territory.closures_to_come(site, now=now),
    }
    return render(request, "web/desk/closures.html", context)


@permits(HOST)
@require_POST
@never_cache
@at_site
def reopen(request: HttpRequest, *, site: Site, many_sites: bool) -> HttpResponse:  # noqa: ARG001 - given to every page
    """Take a closure of this site back, and tell whom it touched. Twice is once."""
    now = timezone.now()
    key = number(request.POST.get("fermeture", ""))
    closure = territory.closure_by_id(key) if key is not None else None
    if key is None or (closure is not None and closure.site_id != site.pk):
        raise Http404
    if closure is None or closure.ends_at <= now:
        messages.info(request, _("Cette fermeture était déjà levée ou finie."), extra_tags="ok")
    else:
        reopen_site(closure=closure, actor=user_actor(request.user.pk), now=now)
        messages.success(request, _("La fermeture est levée."), extra_tags="ok")
    return redirect("closures")
