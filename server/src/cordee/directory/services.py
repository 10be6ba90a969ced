"""Changing the directory: partners, reasons, agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from cordee.accounts.models import User
from cordee.directory.models import Agent, Partner, Reason
from cordee.directory.rules import (
    BLIND_RULES_LIMIT,
    is_blind_rule,
    is_declared,
    is_interpreters,
    is_language,
    is_web_address,
)
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.refusal import Refusal, raise_first
from cordee.territory.models import Site

DURATIONS_MIN = range(5, 241, 5)
HORIZON_LIMIT_DAYS = 366


class AgentLabelTaken(Refusal):
    """Two agents of a partner would be seen under the same name."""

    code = "agent_label_taken"
    message = "Une personne de cette administration porte déjà ce nom ; ajoutez une initiale."


class ReasonLabelTaken(Refusal):
    """Two reasons of a partner would be read under the same name."""

    code = "reason_label_taken"
    message = "Une démarche porte déjà ce nom : changez celle-là, ou donnez un autre nom."


class DurationMisaligned(Refusal):
    """Visits last a number of five minutes."""

    code = "duration_misaligned"
    message = "Une visite dure de 5 à 240 minutes, de cinq en cinq."


class NoticeBeyondHorizon(Refusal):
    """Nothing could be booked: the first hour comes after the last."""

    code = "notice_beyond_horizon"
    message = "Le délai avant le rendez-vous dépasse l’horizon de réservation (366 jours au plus)."


class NoSuchLanguage(Refusal):
    """Languages are written by their code, so that they can be compared."""

    code = "no_such_language"
    message = "Écrivez chaque langue en deux lettres : fr, en, it, ar…"


class InterpreterReceivesNobody(Refusal):
    """A reason that asks for an interpreter could never be booked: name another skill, or none."""

    code = "interpreter_receives_nobody"
    message = "Un interprète ne reçoit personne. Demandez une autre compétence, ou aucune."


class NotAnAddress(Refusal):
    """What pages open is on the web; a calendar is fetched over HTTPS."""

    code = "not_an_address"
    message = "Cette adresse n’en est pas une : elle commence par https://."


class BlindRuleUnreadable(Refusal):
    """A kiosk would hide nothing by it; see rules.is_blind_rule."""

    code = "blind_rule_unreadable"
    message = (
        "Chaque ligne est un site, un espace, puis un champ d’une seule ligne. "
        "Par exemple : www.exemple.fr #numero-fiscal. Vingt lignes au plus."
    )


class BlindRuleElsewhere(Refusal):
    """A kiosk opens the declared hosts only: a rule for another is a slip of the pen."""

    code = "blind_rule_elsewhere"
    message = "Une ligne nomme un site que cette démarche n’ouvre pas : relisez-le."


class HostUndeclared(Refusal):
    """A kiosk opens what was declared for a partner when it was taken in, and nothing else."""

    code = "host_undeclared"
    message = (
        "Ce site n’est pas déclaré pour votre administration : demandez-le à qui gère Cordée, "
        "puis recommencez."
    )


class PartnerChanges(TypedDict, total=False):
    """What can be changed of a partner, named as its fields; what is not given stays."""

    label: str
    phone: str
    start_url: str
    allowed_hosts: list[str]


class ReasonChanges(TypedDict, total=False):
    """What can be changed of a reason, named as its fields; what is not given stays."""

    duration_min: int
    start_url: str
    words: str
    documents: list[str]
    instructions: str
    languages: list[str]
    skill: str
    notice_h: int
    horizon_days: int
    video_url: str
    blind_rules: list[str]
    is_open: bool


class AgentChanges(TypedDict, total=False):
    """What can be changed of an agent, named as its fields; what is not given stays."""

    skills: list[str]
    languages: list[str]
    calendar_url: str


@transaction.atomic
def add_partner(
    *,
    slug: str,
    label: str,
    phone: str = "",
    start_url: str = "",
    allowed_hosts: list[str] | None = None,
    actor: Actor,
    now: datetime,
) -> Partner:
    """Return the partner with this slug, made when it is new."""
    partner, is_new = Partner.objects.get_or_create(
        slug=slug,
        defaults={
            "label": label,
            "phone": phone,
            "start_url": start_url,
            "allowed_hosts": allowed_hosts or [],
        },
    )
    if is_new:
        record(at=now, actor=actor, verb="added", object_kind="partner", object_id=slug)
    return partner


@transaction.atomic
def add_reason(
    *,
    partner: Partner,
    label: str,
    duration_min: int,
    start_url: str = "",
    actor: Actor,
    now: datetime,
) -> Reason:
    """Return the partner's reason with this label, made when it is new."""
    reason, is_new = Reason.objects.get_or_create(
        partner=partner,
        label=label,
        defaults={"duration_min": duration_min, "start_url": start_url},
    )
    if is_new:
        record(at=now, actor=actor, verb="added", object_kind="reason", object_id=str(reason.pk))
    return reason


@transaction.atomic
def open_reason(
    *, partner: Partner, label: str, duration_min: int, actor: Actor, now: datetime
) -> Reason:
    """Add a reason under a name that no other has. Raises ReasonLabelTaken."""
    if Reason.objects.filter(partner=partner, label=label).exists():
        raise ReasonLabelTaken
    return add_reason(partner=partner, label=label, duration_min=duration_min, actor=actor, now=now)


@transaction.atomic
def describe_partner(
    *, partner: Partner, actor: Actor, now: datetime, **changes: Unpack[PartnerChanges]
) -> list[str]:
    """Change what is known of a partner; return the fields that changed. Raises NotAnAddress."""
    changed = _changed(partner, changes)
    raise_first(faults_of_partner(partner))
    if changed:
        partner.save(update_fields=changed)
        _record_change("partner", partner.slug, changed, actor, now)
    return changed


@transaction.atomic
def describe_reason(
    *, reason: Reason, actor: Actor, now: datetime, **changes: Unpack[ReasonChanges]
) -> list[str]:
    """Change a reason; return the fields that changed. Appointments that stand keep their length.

    Raises DurationMisaligned, NoticeBeyondHorizon, NoSuchLanguage, InterpreterReceivesNobody,
    NotAnAddress, BlindRuleUnreadable or BlindRuleElsewhere; then nothing is written. Closing or
    opening alone is never refused.
    """
    changed = _changed(reason, changes)
    # What was described before a rule came can still be closed.
    if changed != ["is_open"]:
        raise_first(faults_of_reason(reason))
    if changed:
        reason.save(update_fields=changed)
        _record_change("reason", str(reason.pk), changed, actor, now)
    return changed


@transaction.atomic
def set_own_tool(*, reason: Reason, video_url: str, actor: Actor, now: datetime) -> list[str]:
    """Say in which room of the partner's own tool a reason is met (empty: in our call).

    Appointments that stand keep what they had. Return the fields that changed. Raises NotAnAddress
    or HostUndeclared; then nothing is written.
    """
    if video_url != reason.video_url:
        raise_first(faults_of_own_tool(reason.partner, video_url))
    return describe_reason(reason=reason, video_url=video_url, actor=actor, now=now)


@transaction.atomic
def set_sites(*, reason: Reason, sites: Sequence[Site], actor: Actor, now: datetime) -> bool:
    """Say which places offer the reason (none: every one); return whether that changed it."""
    if set(reason.sites.values_list("pk", flat=True)) == {site.pk for site in sites}:
        return False
    reason.sites.set(sites)
    _record_change("reason", str(reason.pk), ["sites"], actor, now)
    return True


@transaction.atomic
def set_start_url(*, reason: Reason, start_url: str, actor: Actor, now: datetime) -> None:
    """Change where the visits of a reason begin."""
    if Reason.objects.filter(pk=reason.pk).exclude(start_url=start_url).update(start_url=start_url):
        record(at=now, actor=actor, verb="moved", object_kind="reason", object_id=str(reason.pk))


@transaction.atomic
def add_agent(*, user: User, partner: Partner, label: str, actor: Actor, now: datetime) -> Agent:
    """Make the person an agent of the partner. Raises AgentLabelTaken."""
    if is_label_taken(partner=partner, label=label, user=user):
        raise AgentLabelTaken
    agent, is_new = Agent.objects.get_or_create(
        user=user, defaults={"partner": partner, "label": label}
    )
    if is_new:
        record(
            at=now,
            actor=actor,
            verb="added",
            object_kind="agent",
            object_id=str(agent.pk),
            detail={"partner": partner.slug},
        )
    return agent


@transaction.atomic
def describe_agent(
    *, agent: Agent, actor: Actor, now: datetime, **changes: Unpack[AgentChanges]
) -> list[str]:
    """Change what is known of an agent; return the fields that changed.

    Another `calendar_url` forgets what the old calendar said. Raises NoSuchLanguage or
    NotAnAddress; then nothing is written.
    """
    changed = _changed(agent, changes)
    raise_first(faults_of_agent(agent))
    if not changed:
        return []
    if "calendar_url" in changed:
        agent.calendar_read_at = agent.calendar_tried_at = None
        agent.calendar_trouble = ""
        agent.busy_times.all().delete()
    agent.save(
        update_fields=[*changed, "calendar_read_at", "calendar_tried_at", "calendar_trouble"]
    )
    _record_change("agent", str(agent.pk), changed, actor, now)
    return changed


def faults_of_partner(partner: Partner) -> dict[str, Refusal]:
    """Return all that `describe_partner` refuses of a partner, by field, the first raised first."""
    if partner.start_url and not is_web_address(partner.start_url):
        return {"start_url": NotAnAddress()}
    return {}


def faults_of_reason(reason: Reason) -> dict[str, Refusal]:
    """Return all that `describe_reason` refuses of a reason, by field, the first raised first."""
    faults: dict[str, Refusal] = {}
    if reason.duration_min not in DURATIONS_MIN:
        faults["duration_min"] = DurationMisaligned()
    is_reachable = 0 <= reason.notice_h < reason.horizon_days * 24
    if not is_reachable or reason.horizon_days > HORIZON_LIMIT_DAYS:
        faults["notice_h"] = NoticeBeyondHorizon()
    if not all(is_language(code) for code in reason.languages):
        faults["languages"] = NoSuchLanguage()
    if is_interpreters(reason.skill):
        faults["skill"] = InterpreterReceivesNobody()
    for field, url in (("start_url", reason.start_url), ("video_url", reason.video_url)):
        if url and not is_web_address(url):
            faults[field] = NotAnAddress()
    return {**faults, **_faults_of_blind_rules(reason)}


def _faults_of_blind_rules(reason: Reason) -> dict[str, Refusal]:
    rules = reason.blind_rules
    if len(rules) > BLIND_RULES_LIMIT or not all(is_blind_rule(rule) for rule in rules):
        return {"blind_rules": BlindRuleUnreadable()}
    if not rules:
        return {}
    start_url, hosts = reason.start_url or reason.partner.start_url, reason.partner.allowed_hosts
    for rule in rules:
        host = f"https://{rule.partition(' ')[0]}"
        if not is_declared(host, start_url=start_url, hosts=hosts):
            return {"blind_rules": BlindRuleElsewhere()}
    return {}


def faults_of_own_tool(partner: Partner, video_url: str) -> dict[str, Refusal]:
    """Return what `set_own_tool` refuses of another address (empty: nothing), by field."""
    if video_url and not is_web_address(video_url, is_https_needed=True):
        return {"video_url": NotAnAddress()}
    hosts = partner.allowed_hosts
    if video_url and not is_declared(video_url, start_url=partner.start_url, hosts=hosts):
        return {"video_url": HostUndeclared()}
    return {}


def faults_of_agent(agent: Agent) -> dict[str, Refusal]:
    """Return all that `describe_agent` refuses of an agent, by field, the first raised first."""
    faults: dict[str, Refusal] = {}
    if not all(is_language(code) for code in agent.languages):
        faults["languages"] = NoSuchLanguage()
    if agent.calendar_url and not is_web_address(agent.calendar_url, is_https_needed=True):
        faults["calendar_url"] = NotAnAddress()
    return faults


def is_label_taken(*, partner: Partner, label: str, user: User | None) -> bool:
    """Return whether somebody other than `user` is seen under this name at the partner."""
    found = Agent.objects.filter(partner=partner, label=label)
    return found.exclude(user=user).exists() if user else found.exists()


def _changed(
    row: Partner | Reason | Agent, changes: PartnerChanges | ReasonChanges | AgentChanges
) -> list[str]:
    """Set what differs, and return the names of those fields in order."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes.get(name))
    return changed


def _record_change(
    kind: str, object_id: str, changed: list[str], actor: Actor, now: datetime
) -> None:
    record(
        at=now,
        actor=actor,
        verb="described",
        object_kind=kind,
        object_id=object_id,
        detail={"fields": ",".join(changed)},
    )
