"""What each kind of table says, column by column, and the services that write it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from cordee.accounts.models import User
from cordee.accounts.rules import Role, normal_email
from cordee.accounts.services import create_user
from cordee.directory import openings
from cordee.directory import queries as directory_queries
from cordee.directory import services as directory
from cordee.directory.models import Agent, Partner, Reason
from cordee.jobs.imports.cells import Cells, RowsWrong, padded_code
from cordee.jobs.imports.checks import check, readable, say, say_of_all
from cordee.jobs.imports.run import Kind, have_problems
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.cells import WeeklyRule
from cordee.territory import services as territory
from cordee.territory.models import Commune, Site
from cordee.territory.rules import overlapping

T = TypeVar("T")
_WEEK = ("jour", "de", "a")
_SEASON = ("depuis", "jusqu_au")
_POSITION = {"latitude": "latitude", "longitude": "longitude"}
_BOOKABLE = {"notice_h": "delai_h", "horizon_days": "horizon_j"}
_COLUMNS = {
    "calendar_url": "agenda",
    "duration_min": "duree_min",
    "languages": "langues",
    "notice_h": "delai_h",
    "skill": "competence",
    "start_url": "adresse_web",
    "turnover_min": "minutes_entre",
}
_UNDECLARED = "Ce serveur n’est pas déclaré ; ajoutez-le aux « serveurs_permis »."


def _site(rows: Sequence[Cells], now: datetime) -> bool:
    (cells,) = rows
    commune = _commune(cells)
    name = cells.needed("lieu", limit=120)
    phone = cells.needed("telephone", limit=24)
    changes = _given(
        phone=phone,
        room=cells.text("salle", limit=120),
        address=cells.text("adresse", limit=200),
        latitude=cells.degrees("latitude"),
        longitude=cells.degrees("longitude"),
        access_note=cells.text("acces", limit=2000),
        is_wheelchair_accessible=cells.yes("fauteuil"),
        has_confidential_room=cells.yes("confidentiel"),
        turnover_min=cells.number("minutes_entre"),
        closes_on_public_holidays=cells.yes("ferme_jours_feries"),
        closes_in_school_holidays=cells.yes("ferme_vacances"),
        relay_only=cells.yes("relais"),
    )
    there = Site.objects.filter(commune=commune, name=name).first()
    readable_ones = readable(cells, changes, together=_POSITION)
    check(cells, there or Site(), readable_ones, territory.faults_of_site, columns=_COLUMNS)
    if commune is None or have_problems(rows):
        raise RowsWrong
    site = territory.open_site(commune=commune, name=name, phone=phone, actor=CONSOLE, now=now)
    changed = territory.describe_site(site=site, actor=CONSOLE, now=now, **changes)  # type: ignore[arg-type]
    return there is None or bool(changed)


def _partner(rows: Sequence[Cells], now: datetime) -> bool:
    (cells,) = rows
    slug, label = cells.needed("identifiant", limit=40), cells.needed("nom", limit=120)
    if slug and not all(
        letter.isascii() and (letter.isalnum() or letter in "-_") for letter in slug
    ):
        cells.wrong("« identifiant » : lettres sans accent, chiffres et traits d’union seulement.")
    changes = _given(
        label=label,
        phone=cells.text("telephone", limit=24),
        start_url=cells.text("adresse_web", limit=500),
        allowed_hosts=cells.items("serveurs_permis"),
    )
    there = directory_queries.partner_by_slug(slug)
    check(cells, there or Partner(), changes, directory.faults_of_partner, columns=_COLUMNS)
    if have_problems(rows):
        raise RowsWrong
    partner = directory.add_partner(slug=slug, label=label, actor=CONSOLE, now=now)
    changed = directory.describe_partner(partner=partner, actor=CONSOLE, now=now, **changes)  # type: ignore[arg-type]
    return there is None or bool(changed)


def _reason(rows: Sequence[Cells], now: datetime) -> bool:
    (cells,) = rows
    partner = _known_partner(cells)
    label = cells.needed("motif", limit=120)
    cells.needed("duree_min", limit=9)
    changes = _given(
        duration_min=cells.number("duree_min"),
        documents=cells.items("documents"),
        words=cells.text("mots", limit=1000),
        instructions=cells.text("consignes", limit=2000),
        languages=cells.items("langues"),
        skill=cells.text("competence", limit=60),
        notice_h=cells.number("delai_h"),
        horizon_days=cells.number("horizon_j"),
        start_url=cells.text("adresse_web", limit=500),
        is_open=cells.yes("ouvert"),
    )
    video_url = cells.text("visio", limit=500)
    sites = [_site_named(cells, name) for name in cells.items("lieux") or ()]
    there = Reason.objects.filter(partner=partner, label=label).first()
    readable_ones = readable(cells, changes, together=_BOOKABLE)
    check(cells, there or Reason(), readable_ones, directory.faults_of_reason, columns=_COLUMNS)
    if partner and video_url and video_url != (there and there.video_url):
        for refusal in directory.faults_of_own_tool(partner, video_url).values():
            is_elsewhere = isinstance(refusal, directory.HostUndeclared)
            say(cells, "visio", _UNDECLARED if is_elsewhere else refusal.message)
    if partner is None or have_problems(rows):
        raise RowsWrong
    reason = directory.add_reason(
        partner=partner,
        label=label,
        duration_min=int(str(changes["duration_min"])),
        actor=CONSOLE,
        now=now,
    )
    changed = bool(directory.describe_reason(reason=reason, actor=CONSOLE, now=now, **changes))  # type: ignore[arg-type]
    if video_url is not None:
        changed |= bool(
            directory.set_own_tool(reason=reason, video_url=video_url, actor=CONSOLE, now=now)
        )
    if cells.has("lieux"):
        offering = [site for site in sites if site is not None]
        changed |= directory.set_sites(reason=reason, sites=offering, actor=CONSOLE, now=now)
    return there is None or changed


def _agent(rows: Sequence[Cells], now: datetime) -> bool:
    (cells,) = rows
    partner = _known_partner(cells)
    email = normal_email(cells.needed("courriel", limit=254))
    label = cells.needed("nom", limit=120)
    if email and not _is_email(email):
        cells.wrong(f"« courriel » : « {email[:40]} » n’est pas une adresse.")
    changes = _given(
        skills=cells.items("competences", limit=60),
        languages=cells.items("langues"),
        calendar_url=cells.text("agenda", limit=500),
    )
    user = User.objects.filter(email=email).first()
    known = Agent.objects.filter(user=user).first() if user else None
    if user and user.role != Role.AGENT:
        cells.wrong(f"« courriel » : {email} a déjà un compte d’un autre rôle.")
    if known and partner and known.partner_id != partner.pk:
        cells.wrong(f"« administration » : {email} est déjà agent d’une autre.")
    if known and label and known.label != label:
        cells.wrong(f"« nom » : {email} s’appelle déjà « {known.label} ».")
    if partner and label and directory.is_label_taken(partner=partner, label=label, user=user):
        say(cells, "nom", directory.AgentLabelTaken.message)
    check(cells, known or Agent(), changes, directory.faults_of_agent, columns=_COLUMNS)
    if partner is None or have_problems(rows):
        raise RowsWrong
    user = user or create_user(
        email=email, password=None, name=label, role=Role.AGENT, actor=CONSOLE, now=now
    )
    agent = directory.add_agent(user=user, partner=partner, label=label, actor=CONSOLE, now=now)
    changed = directory.describe_agent(agent=agent, actor=CONSOLE, now=now, **changes)  # type: ignore[arg-type]
    return known is None or bool(changed)


def _hours(rows: Sequence[Cells], now: datetime) -> bool:
    commune = _commune(rows[0])
    name = rows[0].needed("lieu", limit=120)
    site = Site.objects.filter(commune=commune, name=name).first()
    if commune and name and site is None:
        rows[0].wrong(f"« lieu » : {commune.name} n’a pas de lieu « {name} ».")
    say_of_all(rows)
    rules = _weekly_rules(rows)
    if site is None or have_problems(rows):
        raise RowsWrong
    return territory.set_hours(site=site, rules=rules, actor=CONSOLE, now=now)


def _weekly_rules(rows: Sequence[Cells]) -> list[WeeklyRule]:
    """Return the rows' hours; each row that lies over an earlier one says so."""
    kept: list[tuple[WeeklyRule, int]] = []
    for cells in rows:
        rule = cells.weekly_rule()
        if rule is None:
            continue
        over = next((line for other, line in kept if overlapping([other, rule])), None)
        if over is not None:
            cells.wrong(f"Chevauche la ligne {over}. Réunissez-les ou séparez-les.")
        kept.append((rule, cells.row.line))
    return [rule for rule, _ in kept]


def _openings(rows: Sequence[Cells], now: datetime) -> bool:
    email = rows[0].needed("courriel", limit=254)
    agent = directory_queries.agent_by_email(email)
    if email and agent is None:
        rows[0].wrong(f"« courriel » : aucun agent n’a l’adresse « {email[:40]} ».")
    say_of_all(rows)
    rules = _weekly_rules(rows)
    if agent is None or have_problems(rows):
        raise RowsWrong
    return openings.set_openings(agent=agent, rules=rules, actor=CONSOLE, now=now)


def _travel(rows: Sequence[Cells], now: datetime) -> bool:
    commune = _commune(rows[0])
    say_of_all(rows)
    minutes: dict[int, int] = {}
    for cells in rows:
        site = _site_named(cells, cells.needed("lieu", limit=120))
        cells.needed("minutes", limit=9)
        figure = cells.number("minutes")
        if figure is not None and figure > 24 * 60:
            cells.wrong("« minutes » : plus d’une journée.")
        if site and site.pk in minutes:
            cells.wrong(f"« lieu » : « {site.name} » est là deux fois pour cette commune.")
        if site and figure is not None:
            minutes[site.pk] = figure
    if commune is None or have_problems(rows):
        raise RowsWrong
    return territory.set_travel_times(commune=commune, minutes=minutes, actor=CONSOLE, now=now)


KINDS = {
    "sites": Kind(
        ("code_insee", "lieu", "telephone"),
        (
            *("salle", "adresse", "latitude", "longitude", "acces", "fauteuil", "confidentiel"),
            *("minutes_entre", "ferme_jours_feries", "ferme_vacances", "relais"),
        ),
        ("code_insee", "lieu"),
        _site,
    ),
    "partners": Kind(
        ("identifiant", "nom"),
        ("telephone", "adresse_web", "serveurs_permis"),
        ("identifiant",),
        _partner,
    ),
    "reasons": Kind(
        ("administration", "motif", "duree_min"),
        (
            *("documents", "mots", "consignes", "langues", "competence", "lieux", "delai_h"),
            *("horizon_j", "adresse_web", "visio", "ouvert"),
        ),
        ("administration", "motif"),
        _reason,
    ),
    "agents": Kind(
        ("administration", "courriel", "nom"),
        ("competences", "langues", "agenda"),
        ("courriel",),
        _agent,
    ),
    "hours": Kind(
        ("code_insee", "lieu", *_WEEK), _SEASON, ("code_insee", "lieu"), _hours, is_grouped=True
    ),
    "openings": Kind(("courriel", *_WEEK), _SEASON, ("courriel",), _openings, is_grouped=True),
    "travel": Kind(
        ("code_insee", "lieu", "minutes"), (), ("code_insee",), _travel, is_grouped=True
    ),
}


def _commune(cells: Cells) -> Commune | None:
    code = cells.needed("code_insee", limit=5)
    found = Commune.objects.filter(insee_code=padded_code(code)).first()
    if code and found is None:
        cells.wrong(f"« code_insee » : aucune commune n’a le code {code}. Importez les communes.")
    return found


def _known_partner(cells: Cells) -> Partner | None:
    slug = cells.needed("administration", limit=40)
    found = directory_queries.partner_by_slug(slug)
    if slug and found is None:
        cells.wrong(f"« administration » : « {slug} » n’existe pas. Importez-la d’abord.")
    return found


def _site_named(cells: Cells, name: str) -> Site | None:
    """Return the site named `LIEU`, or `LIEU (COMMUNE)` where two communes have one of the name."""
    found = [
        site
        for site in Site.objects.select_related("commune")
        if name in {site.name, f"{site.name} ({site.commune.name})"}
    ]
    if name and len(found) != 1:
        many = "plusieurs lieux s’appellent" if found else "aucun lieu ne s’appelle"
        hint = " Ajoutez la commune entre parenthèses." if found else ""
        cells.wrong(f"{many.capitalize()} « {name} ».{hint}")
    return found[0] if len(found) == 1 else None


def _given(**values: T | None) -> dict[str, T]:
    """Return what was written: an empty cell changes nothing."""
    return {name: value for name, value in values.items() if value is not None}


def _is_email(text: str) -> bool:
    name, _, host = text.rpartition("@")
    return bool(name) and "." in host and " " not in text
