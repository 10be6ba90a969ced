"""Every page: by its address, or by the way that leads to it when an address alone does not.

`PAGES` has, for each role, a name and an address; `{visit}` stands for a booked visit. `WAYS` has,
for each role, a walk on an open browser page: it yields a name each time another page stands open.
`FALLEN` is like `PAGES`, for a server on which `fall_out` has closed the place of what was booked.
What a name is good for is the caller's: pictures (`make screenshots`) or tests of every page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, cycle
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from e2e.stand.server import Server

Role = str | None
Walk = Callable[["Page", str], Iterator[str]]

PAGES: Mapping[Role, Mapping[str, str]] = {
    None: {
        "landing": "/",
        "log-in": "/connexion/",
        "not-found": "/nulle-part/",
        "citizen-need": "/rendez-vous/",
        "citizen-found": "/rendez-vous/?mots=logement",
        "citizen-from": "/rendez-vous/lieu/?motif=1",
        "citizen-where": "/rendez-vous/lieu/?motif=1&commune=05065&fauteuil=1&langue=it",
        "citizen-nobody": "/rendez-vous/lieu/?motif=1&commune=05065&langue=uk",
        "citizen-find": "/mon-rendez-vous/",
    },
    "agent": {
        "agent": "/guichet/",
        "agent-keys": "/guichet/cles/",
        "agent-trial": "/guichet/essai/",
        "agent-flows": "/guichet/essai/flux/",
        "agent-week": "/guichet/semaine/",
        "agent-openings": "/guichet/semaine/plages/",
        "agent-absence": "/guichet/semaine/absence/",
        "agent-extra-opening": "/guichet/semaine/ouverture/",
        "agent-calendar": "/guichet/agenda/",
        "agent-follow-up": "/guichet/suivi/",
        "counter-no-keys": "/guichet/{visit}/",
    },
    "host": {
        "desk-site": "/accueil/lieu/",
        "desk": "/accueil/",
        "desk-list": "/accueil/liste/",
        "desk-booking": "/accueil/rendez-vous/",
        "desk-booking-found": "/accueil/rendez-vous/?mots=logement",
        "desk-booking-at": "/accueil/rendez-vous/?heure=2099-12-08T10:00",
        "desk-hours": "/accueil/rendez-vous/heure/?motif=1",
        "desk-visit": "/accueil/rendez-vous/{visit}/",
        "desk-move": "/accueil/rendez-vous/{visit}/deplacer/",
        "desk-walk-in": "/accueil/maintenant/",
        "desk-walk-in-found": "/accueil/maintenant/?mots=logement",
        "desk-panel-found": "/accueil/?mots=logement",
        "desk-closures": "/accueil/fermetures/",
        "desk-calendar": "/accueil/agenda/",
        "desk-closing": "/accueil/fermetures/?day=2099-12-08",
        "desk-closing-days": "/accueil/fermetures/?day=2099-12-08&last_day=2099-12-18",
        "desk-cancel": "/accueil/rendez-vous/{visit}/annuler/",
    },
    "manager": {
        "partner": "/administration/",
        "partner-agents": "/administration/agents/",
        "partner-agent-new": "/administration/agents/nouveau/",
        "partner-agent-password": "/administration/agents/1/mot-de-passe/",
        "partner-agent": "/administration/agents/1/",
        "partner-openings": "/administration/agents/1/plages/",
        "partner-absence": "/administration/agents/1/absence/",
        "partner-extra-opening": "/administration/agents/1/ouverture/",
        "partner-agent-close": "/administration/agents/1/fermer/",
        "partner-stand-ins": "/administration/remplacements/",
        "partner-unanswered": "/administration/sans-reponse/",
        "partner-reasons": "/administration/demarches/",
        "partner-reason-new": "/administration/demarches/nouvelle/",
        "partner-reason": "/administration/demarches/1/",
        "partner-reason-close": "/administration/demarches/1/fermer/",
    },
    "technician": {
        "fleet": "/parc/",
        "partners": "/parc/administrations/",
        "kiosk-new": "/parc/bornes/",
    },
}
"""The pages that their address opens."""

FALLEN: Mapping[Role, Mapping[str, str]] = {
    None: {
        "citizen-fallen": "/mon-rendez-vous/{visit}/",
        "citizen-offer": "/liste-attente/{waiting}/",
    },
    "host": {"desk-touched": "/accueil/rendez-vous/{visit}/"},
}
"""The pages of what fell out and of an offer; the citizen's are open to who was at `fall_out`."""

_CITIZENS = cycle(
    f"{first} {last}"
    for last in ("Oury", "Blanc", "Gras")
    for first in ("Marcelle", "Jeanne", "Paul")
)
"""Nobody books twice for a reason, or waits having booked: a walk has two citizens of its own."""
_NUMBERS = count(1)
"""No two agents have one name."""
PARIS = ZoneInfo("Europe/Paris")
_POSTED = "answers what a page's form sends"
_FILE = "a file, no page"
NO_PAGE: Mapping[str, str] = {
    "agent_feed": _FILE,
    "citizen_answer": _POSTED,
    "citizen_calendar": _FILE,
    "citizen_choose": _POSTED,
    "citizen_leave": _POSTED,
    "citizen_slip": _FILE,
    "citizen_sooner": _POSTED,
    "citizen_withdraw": _POSTED,
    "citizen_code": "the page `citizen_find`, with the code that a message brings",
    "desk_absent": _POSTED,
    "desk_arrived": _POSTED,
    "desk_choose": _POSTED,
    "desk_back": _POSTED,
    "desk_reminded": _POSTED,
    "desk_slip": _FILE,
    "desk_told": _POSTED,
    "fleet_back": _POSTED,
    "home": "sends each person to the page of their role",
    "log_out": _POSTED,
    "mirror": "the frame of the counter in which the shared page is shown",
    "reopen": _POSTED,
    "set_language": _POSTED,
    "site_feed": _FILE,
    "partner_remove": _POSTED,
    "week_act": _POSTED,
    "week_remove": _POSTED,
}
"""Routes that are no page of their own, with why."""

_ROUTES = """
import json
from cordee.web.urls import urlpatterns
from django.urls import resolve
seen = [resolve(path).url_name for path in json.loads({seen!r})]
print(json.dumps([[route.name for route in urlpatterns], seen]))
"""

_CLOSE_AND_OFFER = """
from datetime import time, timedelta
from django.utils import timezone
from cordee.appointments import cascade, waiting
from cordee.appointments.models import Appointment, WaitingEntry
from cordee.territory.models import SiteClosure
# As if nothing had been free when she entered the list: what was would be no news.
WaitingEntry.objects.update(known={})
for each in Appointment.objects.confirmed().select_related("kiosk"):
    SiteClosure.objects.create(
        site_id=each.kiosk.site_id,
        starts_at=each.starts_at - timedelta(hours=1),
        ends_at=each.ends_at + timedelta(hours=1),
    )
# Hours are offered by day, and this runs at any time.
waiting.OFFERED_FROM, waiting.OFFERED_UNTIL = time.min, time.max
now = timezone.now()
cascade.sweep(now=now)
waiting.offer_freed(now=now)
"""


@dataclass(frozen=True)
class Fallen:
    """What the addresses of `FALLEN` name: a visit that fell out, an entry that has an offer."""

    visit: str
    waiting: str

    def at(self, address: str) -> str:
        """Return one of `FALLEN`'s addresses with these names."""
        return address.format(visit=self.visit, waiting=self.waiting)


def fall_out(page: Page, server: Server) -> Fallen:
    """Book by page and wait by page; then close the place; propose and offer as `cordee tend`.

    Everything that was booked falls out with it.
    """
    page.goto(f"{server.url}/rendez-vous/heure/?motif=1&lieu=1")
    page.locator("form.days section").nth(1).locator("button.hour").first.click()
    page.wait_for_url("**/rendez-vous/vous/**")
    name = next(_CITIZENS)
    page.locator("#id_name").fill(name)
    page.locator("label[for=id_contact_kind_2]").click()
    page.locator("#id_contact").fill("marcelle@exemple.fr")
    page.locator(".next button[type=submit]").click()
    page.wait_for_url(re.compile(r"/mon-rendez-vous/[0-9a-f]{32}/$"))
    visit = page.url.split("/")[-2]
    page.goto(f"{server.url}/rendez-vous/attente/?motif=1&lieu=1")
    page.locator("#id_name").fill(name)
    page.locator("#id_contact").fill("06 12 34 56 78")
    page.locator("label[for=id_place_0]").click()
    page.locator(".next button[type=submit]").click()
    page.wait_for_url(re.compile(r"/liste-attente/\d+/$"))
    server.command("shell", "-v", "0", "-c", _CLOSE_AND_OFFER)
    page.reload()
    page.locator("button[name=reponse]").first.wait_for()
    return Fallen(visit, page.url.split("/")[-2])


def routes(server: Server, paths: list[str]) -> tuple[set[str], set[str]]:
    """Return the names of all routes of the server, and of those that these paths belong to."""
    code = _ROUTES.format(seen=json.dumps(paths))
    every, seen = json.loads(server.command("shell", "-v", "0", "-c", code).splitlines()[-1])
    return set(every), set(seen)


def citizen(page: Page, base: str) -> Iterator[str]:
    """Book as a citizen, look at the appointment from all sides, then wait as another."""
    name = next(_CITIZENS)
    page.goto(f"{base}/rendez-vous/heure/?motif=1&lieu=1")
    yield "citizen-when"
    page.locator("button.hour").first.click()
    page.wait_for_url("**/rendez-vous/vous/**")
    yield "citizen-who"
    page.locator("#id_name").fill(name)
    page.locator("label[for=id_contact_kind_0]").click()
    page.locator("#id_contact").fill("06 12 34 56 78")
    page.locator(".next button[type=submit]").click()
    page.wait_for_url(re.compile(r"/mon-rendez-vous/[0-9a-f]{32}/$"))
    visit = page.url
    yield "citizen-visit"
    page.goto(f"{visit}changer/")
    yield "citizen-move"
    page.goto(f"{visit}annuler/")
    yield "citizen-cancel"
    page.goto(f"{base}/rendez-vous/attente/?motif=1&lieu=1")
    yield "citizen-wait"
    page.locator("#id_name").fill(next(_CITIZENS))
    page.locator("#id_contact").fill("06 12 34 56 78")
    page.locator("label[for=id_place_0]").click()
    page.locator(".next button[type=submit]").click()
    page.wait_for_url(re.compile(r"/liste-attente/\d+/$"))
    yield "citizen-waiting"


def agent(page: Page, base: str) -> Iterator[str]:
    """Note an absence and an extra opening, then change each, and a weekly opening."""
    day = (datetime.now(PARIS).date() + timedelta(days=300)).isoformat()
    for kind, name in (("absence", "absence"), ("ouverture", "extra-opening")):
        page.goto(f"{base}/guichet/semaine/{kind}/")
        for field in ("first_day", "last_day"):
            page.locator(f"#id_{field}").fill(day)
        for field, hour in (("starts", "09:00"), ("ends", "12:00")):
            page.locator(f"#id_{field}").fill(hour)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url("**/guichet/semaine/?semaine=*")
        page.locator(f"a[href^='/guichet/semaine/{kind}/'].second").last.click()
        page.wait_for_url(re.compile(rf"/semaine/{kind}/\d+/$"))
        yield f"agent-{name}-change"
    page.goto(f"{base}/guichet/semaine/plages/")
    page.locator(".kept a.second").first.click()
    page.wait_for_url(re.compile(r"/semaine/plages/\d+/$"))
    yield "agent-opening-change"


def desk(page: Page, base: str) -> Iterator[str]:
    """Begin to book for somebody at the desk; put a kiosk out of service and back."""
    page.goto(f"{base}/accueil/rendez-vous/heure/?motif=1")
    page.locator("button.hour").first.click()
    page.wait_for_url("**/accueil/rendez-vous/qui/**")
    yield "desk-who"
    page.goto(f"{base}/accueil/")
    page.locator("aside a[href$='/panne/']").first.click()
    page.wait_for_url("**/panne/")
    yield "desk-outage"
    page.locator("label[for=id_until_1]").click()
    page.locator("main form button[type=submit]").click()
    page.locator("main form.confirm").wait_for()
    yield "desk-outage-asked"
    page.locator("main form.confirm button").click()
    page.locator("aside form[action$='/remarche/']").wait_for()
    yield "desk-out"
    page.locator("aside form[action$='/remarche/'] button").click()
    page.locator("main a[href$='/panne/']").first.wait_for()


def manager(page: Page, base: str) -> Iterator[str]:
    """Take an agent on, see whom another's absence would touch, change what they noted."""
    page.goto(f"{base}/administration/agents/nouveau/")
    number = next(_NUMBERS)
    page.locator("#id_label").fill(f"Monsieur Petit {number}")
    page.locator("#id_email").fill(f"petit-{number}@demo.invalid")
    page.locator("main form button[type=submit]").click()
    page.locator(".once").wait_for()
    yield "partner-agent-made"
    page.goto(f"{base}/administration/agents/1/absence/")
    today = datetime.now(PARIS).date()
    for name, day in (("first_day", today), ("last_day", today + timedelta(days=2))):
        page.locator(f"#id_{name}").fill(day.isoformat())
    for name in ("starts", "ends"):
        page.locator(f"#id_{name}").fill("00:00")
    page.locator("main form button[type=submit]").click()
    page.locator("main .notice.warn").wait_for()
    yield "partner-absence-touched"
    page.goto(f"{base}/administration/agents/1/")
    page.get_by_label("interprète").check()
    page.locator("aside form.panel button[type=submit]").click()
    page.locator("main .notice.warn button[form]").wait_for()
    yield "partner-interpreter-asked"
    page.goto(f"{base}/administration/agents/1/plages/")
    page.locator(".kept a.second").first.click()
    page.wait_for_url(re.compile(r"/plages/\d+/$"))
    yield "partner-opening-change"
    day = today + timedelta(days=40 + number)
    for kind, name in (
        ("absence", "partner-absence-change"),
        ("ouverture", "partner-extra-change"),
    ):
        page.goto(f"{base}/administration/agents/1/{kind}/")
        for field in ("first_day", "last_day"):
            page.locator(f"#id_{field}").fill(day.isoformat())
        page.locator("#id_starts").fill("09:00")
        page.locator("#id_ends").fill("12:00")
        page.locator("main form button[type=submit]").click()
        page.locator(f".kept a.second[href*='/{kind}/']").first.click()
        page.wait_for_url(re.compile(rf"/{kind}/\d+/$"))
        yield name


def fleet(page: Page, base: str) -> Iterator[str]:
    """Ask to put a kiosk out of service, to shut one out, then for a code for one."""
    page.goto(f"{base}/parc/")
    code = page.locator(".data form").last.get_attribute("action") or ""
    page.goto(f"{base}{code.removesuffix('code/')}revoquer/")
    yield "kiosk-revoke"
    page.goto(f"{base}/parc/")
    page.locator(".data a[href$='/panne/']").first.click()
    page.wait_for_url("**/panne/")
    yield "kiosk-outage"
    page.goto(f"{base}/parc/")
    page.locator(".data form button").last.click()
    page.locator(".big-code").wait_for()
    yield "kiosk-code"


WAYS: Mapping[Role, Walk] = {
    None: citizen,
    "agent": agent,
    "host": desk,
    "manager": manager,
    "technician": fleet,
}
"""The pages that a walk leads to."""
