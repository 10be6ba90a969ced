"""What the host has chosen so far, as the address of a page says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.diaries import HOME_LANGUAGE, languages_asked_for
from cordee.appointments.refusals import ReasonClosed
from cordee.appointments.rules import GuestKind
from cordee.directory import queries as directory
from cordee.territory import queries as territory
from cordee.web.citizen.asking import HOUR_LENGTH, number
from cordee.web.languages import language_name

if TYPE_CHECKING:
    from django.http import QueryDict

    from cordee.directory.models import Agent, Reason
    from cordee.territory.models import Site

LANGUAGE_LENGTHS = (2, 3)


@dataclass(frozen=True)
class Wishes:
    """A reason at a site; perhaps with one agent, a second one, an interpreter of a language.

    `spoken` is the language (ISO 639) that the agent speaks with the person; empty: any.
    `is_here`: the site is the host's own, where the person stands: no notice is asked for.
    """

    site: Site
    is_here: bool
    reason: Reason | None = None
    agent: Agent | None = None
    second: Agent | None = None
    spoken: str = ""
    interpreter: str = ""
    hour: str = ""

    @property
    def chosen_reason(self) -> Reason:
        """The reason. Raises ReasonClosed when none was chosen."""
        if self.reason is None:
            raise ReasonClosed
        return self.reason

    @property
    def guests(self) -> tuple[GuestWish, ...]:
        """Who else sits in."""
        second = GuestWish(GuestKind.SECOND_AGENT, self.second.pk) if self.second else None
        speaks = self.interpreter
        interpreter = GuestWish(GuestKind.INTERPRETER, language=speaks) if speaks else None
        return tuple(guest for guest in (second, interpreter) if guest is not None)

    @property
    def asked(self) -> Asked:
        """What the engine looks for."""
        return Asked(
            reason=self.chosen_reason,
            agent=self.agent,
            language=self.spoken,
            guests=self.guests,
            at_desk=self.is_here,
        )

    @property
    def languages(self) -> dict[str, list[tuple[str, str]]]:
        """The languages to choose from, by code and name: the agents' own, the interpreters'.

        Those that somebody speaks for the reason; what is chosen already is always there.
        """
        spoken, interpreted = languages_asked_for(self.chosen_reason)
        return {
            "spoken": _named(spoken | {self.spoken} - {""}),
            "interpreted": _named(interpreted | {self.interpreter} - {""}),
        }

    @property
    def written(self) -> str:
        """The language in which we write to the person, of those that our messages are in."""
        asked = {self.spoken, self.interpreter}
        return next((code for code, _name in settings.LANGUAGES if code in asked), HOME_LANGUAGE)

    @property
    def said(self) -> list[str]:
        """Which languages are wished for, as a page sums it up."""
        said = []
        if self.spoken:
            language = {"language": language_name(self.spoken)}
            said.append(_("Une personne qui parle %(language)s") % language)
        if self.interpreter:
            language = {"language": language_name(self.interpreter)}
            said.append(_("Un interprète : %(language)s") % language)
        return said

    @property
    def fields(self) -> dict[str, str]:
        """What the address, or a form's hidden fields, say."""
        said = {
            "motif": str(self.reason.pk) if self.reason else "",
            "lieu": "" if self.is_here else str(self.site.pk),
            "agent": str(self.agent.pk) if self.agent else "",
            "second": str(self.second.pk) if self.second else "",
            "langue": self.spoken,
            "interprete": self.interpreter,
            "heure": self.hour,
        }
        return {name: value for name, value in said.items() if value}

    def url(self, page: str, **more: str) -> str:
        """Return the address of a page with what was chosen."""
        asked = urlencode({**self.fields, **more}, safe=":")
        return f"{reverse(page)}?{asked}" if asked else reverse(page)

    def but(self, **changes: object) -> Wishes:
        """Return the same with something else chosen."""
        return replace(self, **changes)  # type: ignore[arg-type]


def read(query: QueryDict, here: Site) -> Wishes:
    """Return what an address or a form says; what does not exist (any more) is left out."""
    reason_id, site_id = number(query.get("motif", "")), number(query.get("lieu", ""))
    reason = directory.open_reason(reason_id) if reason_id is not None else None
    there = territory.site_by_id(site_id) if site_id is not None else None
    agents = {agent.pk: agent for agent in directory.agents_knowing(reason)} if reason else {}
    agent = agents.get(number(query.get("agent", "")) or 0)
    second = agents.get(number(query.get("second", "")) or 0)
    return Wishes(
        site=there or here,
        is_here=there is None or there.pk == here.pk,
        reason=reason,
        agent=agent,
        second=second if second != agent else None,
        spoken=_language(query.get("langue", "")),
        interpreter=_language(query.get("interprete", "")),
        hour=query.get("heure", "")[:HOUR_LENGTH],
    )


def _language(text: str) -> str:
    code = text.strip().lower()
    return code if code.isascii() and code.isalpha() and len(code) in LANGUAGE_LENGTHS else ""


def _named(codes: set[str]) -> list[tuple[str, str]]:
    return sorted(((code, language_name(code)) for code in codes), key=lambda pair: pair[1])
