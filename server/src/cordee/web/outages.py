"""A kiosk that does not work: whom it touches is said before, and that it works again after.

The desk says it of the kiosks of its site, the technician of any.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cordee.appointments import kiosk_outages
from cordee.appointments.outages import touched_by_kiosk
from cordee.fleet import queries as fleet
from cordee.journal.rules import user as user_actor
from cordee.kernel.refusal import Refusal
from cordee.web.citizen.asking import start_of
from cordee.web.seen import seen
from cordee.web.templatetags.saying import the_day

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from cordee.fleet.models import Kiosk

TODAY, WEEK, OPEN = "jour", "semaine", "ouvert"
DAYS = {TODAY: 1, WEEK: 7}


class OutageForm(forms.Form):
    """Until when: people at a desk know "today" or "until somebody comes", no hour."""

    until = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Choisissez jusqu’à quand."),
            "invalid_choice": gettext_lazy("Choisissez jusqu’à quand."),
        },
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        """Offer tonight, a week, and as long as it takes."""
        super().__init__(*args, **kwargs)
        self._today = timezone.localdate(now)
        last = the_day(self._today + timedelta(days=DAYS[WEEK] - 1))
        self.fields["until"].choices = [  # type: ignore[attr-defined]
            (TODAY, _("Jusqu’à ce soir")),
            (WEEK, _("Jusqu’au %(day)s compris") % {"day": last}),
            (OPEN, _("Jusqu’à ce qu’elle remarche")),
        ]

    @property
    def ends_at(self) -> datetime | None:
        """The end, once the form is valid; None: until it is put back."""
        days = DAYS.get(self.cleaned_data["until"])
        return None if days is None else start_of(self._today + timedelta(days=days))

    @property
    def said(self) -> str:
        """The choice in words, within a sentence, once the form is valid."""
        words = dict(self.fields["until"].choices)[self.cleaned_data["until"]]  # type: ignore[attr-defined]
        return f"{words[:1].lower()}{words[1:]}"


def put_out(request: HttpRequest, kiosk: Kiosk, *, now: datetime) -> dict[str, Any] | None:
    """Put the kiosk out of service when whom it touches was shown and agreed to, and return None.

    Otherwise return what the page shows. Who was not shown, because they booked meanwhile, is
    shown before anything is changed.
    """
    is_asked = request.method == "POST" or "until" in request.GET
    form = OutageForm(request.POST or request.GET if is_asked else None, now=now)
    is_ready = is_asked and form.is_valid()
    touched = touched_by_kiosk(kiosk, form.ends_at, now=now) if is_ready else []
    if is_ready and request.POST.get("seen") == seen(touched):
        try:
            kiosk_outages.put_out_of_service(
                kiosk=kiosk, ends_at=form.ends_at, actor=user_actor(request.user.pk), now=now
            )
        except Refusal as refusal:
            messages.error(request, _(refusal.message), extra_tags="bad")
            return None
        said = _("%(name)s est hors service.") % {"name": kiosk.name}
        if touched:
            said = _(
                "%(name)s est hors service. Les personnes touchées reçoivent d’autres propositions."
            ) % {"name": kiosk.name}
        messages.success(request, said, extra_tags="ok")
        return None
    return {
        "kiosk": kiosk,
        "form": form,
        "is_ready": is_ready,
        "said": form.said if is_ready else "",
        "touched": touched,
        "seen": seen(touched),
        "is_out": kiosk.pk in fleet.outages_of([kiosk], now=now),
    }


def put_back(request: HttpRequest, kiosk: Kiosk, *, now: datetime) -> None:
    """Put the kiosk back in service, and tell whom it touched. Twice is once."""
    outage = fleet.outages_of([kiosk], now=now).get(kiosk.pk)
    if outage is None:
        said = _("%(name)s était déjà en service.") % {"name": kiosk.name}
        messages.info(request, said, extra_tags="ok")
        return
    kiosk_outages.put_back(outage=outage, actor=user_actor(request.user.pk), now=now)
    said = _("%(name)s est de nouveau en service.") % {"name": kiosk.name}
    messages.success(request, said, extra_tags="ok")
