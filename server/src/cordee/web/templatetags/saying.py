"""Hours and days as people say them, in the reader's language and the site's zone."""

from datetime import date, datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.dateformat import format as write
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cordee.appointments.citizens import said_phone
from cordee.appointments.hours import told_apart

register = template.Library()


def _in_french() -> bool:
    return (get_language() or "fr").startswith("fr")


@register.filter
def hour(moment: datetime) -> str:
    """Say "10 h 30" in French, "10:30" elsewhere, in the active zone; spaces do not break.

    Of an hour that the clocks show twice, summer or winter time is said too.
    """
    local = timezone.localtime(moment)
    return told_apart(local, write(local, "G\u00a0\\h\u00a0i" if _in_french() else "G:i"))


@register.filter
def end_hour(moment: datetime) -> str:
    """Say the hour at which something ends: midnight is "24 h 00" of the day before."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) != (0, 0):
        return hour(moment)
    return "24\u00a0h\u00a000" if _in_french() else "24:00"


@register.filter
def end_day(moment: datetime) -> str:
    """Say the day in which something ends; at midnight, the one that is over."""
    return day(moment - timedelta(microseconds=1))


@register.filter
def the_end_day(moment: datetime) -> str:
    """Say the same inside a sentence."""
    return the_day(moment - timedelta(microseconds=1))


@register.filter
def day(moment: datetime | date) -> str:
    """Say "Mardi 8 décembre" or "Tuesday 8 December", at the beginning of a line."""
    said = the_day(moment)
    return said[:1].upper() + said[1:]


@register.filter
def the_day(moment: datetime | date) -> str:
    """Say "mardi 8 décembre" or "Tuesday 8 December", inside a sentence."""
    return _dated(moment, "l j F")


@register.filter
def the_date(moment: datetime | date) -> str:
    """Say "8 décembre 2026", "1er février 2027" or "8 December 2026", inside a sentence."""
    return _dated(moment, "j F Y")


def _dated(moment: datetime | date, form: str) -> str:
    """Write a day in the form given, the first of a month as "1er" in French."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    first = _in_french() and local.day == 1
    return write(local, form.replace("j", r"1\e\r") if first else form)


@register.filter
def when(moment: datetime, now: datetime) -> str:
    """Say "à 10 h 30" for the day of `now`, "le 8 décembre à 10 h 30" for another."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return _("à %(hour)s") % {"hour": hour(moment)}
    return _("le %(day)s à %(hour)s") % {"day": _dated(local, "j F"), "hour": hour(moment)}


@register.filter
def since(moment: datetime, now: datetime) -> str:
    """Say "depuis 10 h 30" for the day of `now`, "depuis le 8 décembre à 10 h 30" for another."""
    local, today = timezone.localtime(moment), timezone.localtime(now).date()
    if local.date() == today:
        return _("depuis %(hour)s") % {"hour": hour(moment)}
    day_of = {"day": _dated(local, "j F"), "hour": hour(moment)}
    return _("depuis le %(day)s à %(hour)s") % day_of


@register.filter
def tel(phone: str) -> str:
    """Return the link that dials a French number as it is written for people."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"tel:+33{digits[1:]}" if digits.startswith("0") else f"tel:{digits}"


@register.filter
def phone(number: str) -> str:
    """Return a French number as it is read out and dialled, in pairs; others as they are kept."""
    return said_phone(number)
