"""How notices leave, as the settings say."""

from __future__ import annotations

from django.conf import settings

from cordee.notices.gateways import ConsoleSms, Gateway, HttpSms, Mail
from cordee.notices.rules import Channel


def ways_out() -> dict[Channel, Gateway]:
    """Return a gateway for each channel that leads somewhere.

    The console is one in a demo and on a developer's machine only: elsewhere a log would hold
    people's names. A notice without a way fails at once, and the desk calls the person.
    """
    may_print = settings.DEBUG or settings.IS_DEMO
    found: dict[Channel, Gateway] = {}
    if settings.MAIL_URL or may_print:
        found[Channel.EMAIL] = Mail(settings.DEFAULT_FROM_EMAIL, settings.MAIL_DOMAIN)
    if settings.SMS_URL:
        found[Channel.SMS] = HttpSms(settings.SMS_URL, settings.SMS_SECRET)
    elif may_print:
        found[Channel.SMS] = ConsoleSms()
    return found
