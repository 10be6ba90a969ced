"""Sending what is due: any number of workers, each message once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import structlog

from cordee.notices import services
from cordee.notices.gateways import Gateway, Undeliverable
from cordee.notices.models import Notice
from cordee.notices.rules import Channel

_log = structlog.get_logger(__name__)


class _NoWay:
    """Where a notice ends whose channel leads nowhere."""

    def send(self, notice: Notice) -> None:  # noqa: ARG002 - a gateway's signature
        raise Undeliverable("no_gateway", is_final=True)


NO_WAY = _NoWay()


def send_due(
    gateways: Mapping[Channel, Gateway],
    *,
    clock: Callable[[], datetime],
    is_ending: Callable[[], bool] = lambda: False,
) -> int:
    """Send everything that is due, until `is_ending`, and return how many went out.

    A notice whose channel has no gateway fails at once, and the desk sees it.
    """
    count = 0
    while not is_ending() and (notice := services.claim(now=clock())) is not None:
        try:
            gateways.get(Channel(notice.channel), NO_WAY).send(notice)
        except Undeliverable as error:
            services.failed(
                notice=notice, trouble=error.trouble, is_final=error.is_final, now=clock()
            )
            _log.warning("notice_failed", key=notice.key, trouble=error.trouble)
        else:
            services.sent(notice=notice, now=clock())
            count += 1
    return count
