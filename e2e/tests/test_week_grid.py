"""The agent's week by hand and by keyboard alone, each looked up in the server's database."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.stand.agent import Agent
from e2e.stand.axe import barriers
from e2e.stand.server import Server

PARIS = ZoneInfo("Europe/Paris")
WITHIN_MS = 30_000
FIRST_MIN, LAST_MIN = 7 * 60, 20 * 60
SATURDAY = 5
PERIODS = {
    "extraopening": "select starts_at, ends_at from directory_extraopening order by id",
    "absence": "select starts_at, ends_at from directory_absence order by id",
}
Stand = tuple[Server, Page, date]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Return a server, an agent's page and a Monday to come whose Tuesday at 10:00 is booked."""
    folder = tmp_path_factory.mktemp("grid")
    server = Server(folder / "server")
    seeded = server.seed(partner_site="https://partenaire.invalid")
    person = seeded["people"]["agent"]
    today = datetime.now(PARIS).date()
    monday = today + timedelta(days=14 - today.weekday())
    hour = datetime.combine(monday + timedelta(days=1), datetime.min.time(), PARIS)
    wishes = ["--kiosk", seeded["kiosk"], "--agent", person["email"]]
    wishes += ["--reason", str(seeded["reason"]), "--citizen", "Lucie"]
    at = hour.replace(hour=10).astimezone(UTC).isoformat()
    server.command("book", *wishes, "--at", at, "--json")
    with server, Agent(folder / "agent", server_url=server.url) as agent:
        agent.log_in(person["email"], person["password"])
        yield server, agent.page, monday


@pytest.fixture
def stand(opened: Stand) -> Stand:
    """Return the same with the grid open, and a Saturday and later hours that hold nothing."""
    server, page, monday = opened
    code = "from cordee.directory.models import *;Opening.objects.filter(weekday=5).delete();"
    code += "ExtraOpening.objects.all().delete();Absence.objects.all().delete()"
    server.command("shell", "-v0", "-c", code)
    page.set_viewport_size({"width": 1280, "height": 1000})
    page.goto(f"{server.url}/guichet/semaine/?semaine={monday}")
    expect(page.locator("#week-grid[data-drawn]")).to_be_visible(timeout=WITHIN_MS)
    return opened


def column(page: Page, day: int) -> Locator:
    return page.locator(".wg-col").nth(day)


def point(page: Page, day: int, minute: int) -> tuple[float, float]:
    """Return where on the screen a minute of a day is, in the middle of its column."""
    column(page, day).scroll_into_view_if_needed()
    box = column(page, day).bounding_box()
    assert box is not None
    far = (minute - FIRST_MIN) / (LAST_MIN - FIRST_MIN)
    return box["x"] + box["width"] / 2, box["y"] + far * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def said(page: Page) -> Locator:
    return page.locator("#week-said .notice")


def spans(server: Server, table: str) -> list[str]:
    """Return the periods that are kept, in local time."""
    rows = server.rows(PERIODS[table])
    return [" ".join(f"{_local(moment):%d %H:%M}" for moment in row) for row in rows]


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC).astimezone(PARIS)


def saturdays(server: Server) -> list[tuple[int, ...]]:
    query = "select weekday, start_min, end_min from directory_opening where weekday = 5"
    return server.rows(query)


def test_a_hand_draws_moves_lengthens_and_undoes_an_extra_opening(stand: Stand) -> None:
    server, page, monday = stand
    day = f"{monday + timedelta(days=SATURDAY):%d}"
    drag(page, point(page, SATURDAY, 9 * 60 + 2), point(page, SATURDAY, 11 * 60))
    page.get_by_role("button", name=re.compile("^Seulement ce samedi")).click()
    expect(said(page)).to_contain_text("Ajouté", timeout=WITHIN_MS)
    assert spans(server, "extraopening") == [f"{day} 09:00 {day} 11:00"]

    drag(page, point(page, SATURDAY, 10 * 60), point(page, SATURDAY, 15 * 60))
    expect(said(page)).to_contain_text("→", timeout=WITHIN_MS)
    assert spans(server, "extraopening") == [f"{day} 14:00 {day} 16:00"]

    x, y = point(page, SATURDAY, 16 * 60)
    drag(page, (x, y - 3), (x, point(page, SATURDAY, 17 * 60)[1] - 3))
    expect(said(page)).to_contain_text("17:00", timeout=WITHIN_MS)
    assert spans(server, "extraopening") == [f"{day} 14:00 {day} 17:00"]

    said(page).get_by_role("button", name="Annuler").click()
    expect(said(page)).to_contain_text("→ 14:00–16:00", timeout=WITHIN_MS)
    expect(page.locator(".wg-block.extra")).to_contain_text("14:00–16:00", timeout=WITHIN_MS)
    assert spans(server, "extraopening") == [f"{day} 14:00 {day} 16:00"]


def test_a_weekly_opening_moved_by_hand_says_every_week_before_it_is_kept(stand: Stand) -> None:
    server, page, _monday = stand
    drag(page, point(page, SATURDAY, 9 * 60), point(page, SATURDAY, 12 * 60))
    page.get_by_role("button", name="Je reçois ici chaque samedi").click()
    expect(said(page)).to_contain_text("Samedi 09:00–12:00", timeout=WITHIN_MS)
    assert saturdays(server) == [(5, 540, 720)]

    drag(page, point(page, SATURDAY, 10 * 60), point(page, SATURDAY, 11 * 60))
    dialog = page.get_by_role("dialog", name="Chaque samedi : 09:00–12:00 → 10:00–13:00")
    dialog.get_by_role("button", name="Remettre").click()
    expect(column(page, SATURDAY).locator(".opening")).to_contain_text("09:00–12:00")
    assert saturdays(server) == [(5, 540, 720)]

    drag(page, point(page, SATURDAY, 10 * 60), point(page, SATURDAY, 11 * 60))
    dialog.get_by_role("button", name="Garder").click()
    expect(said(page)).to_contain_text("10:00–13:00", timeout=WITHIN_MS)
    assert saturdays(server) == [(5, 600, 780)]


def press_until(page: Page, key: str, is_there: Callable[[], bool], *, most: int) -> None:
    for _ in range(most):
        if is_there():
            return
        page.keyboard.press(key)
    assert is_there(), f"{key} does not lead there"


def focused(page: Page) -> str:
    name: str = page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )
    return name


def test_the_whole_by_keyboard_alone(stand: Stand) -> None:
    server, page, monday = stand
    friday = f"{monday + timedelta(days=SATURDAY - 1):%d}"
    press_until(page, "Tab", lambda: focused(page).startswith("Ajouter, Samedi"), most=40)
    page.keyboard.press("Enter")
    assert "09:00–10:00" in focused(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#week-grid [aria-live]")).to_contain_text("09:15–10:30")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Samedi 09:15–10:30", timeout=WITHIN_MS)
    assert saturdays(server) == [(5, 555, 630)]

    expect(column(page, SATURDAY).locator(".opening button")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#week-grid [aria-live]")).to_contain_text("Remis à 09:15–10:30")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Chaque samedi : 09:15–10:30 → 09:15–10:15")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("09:15–10:15", timeout=WITHIN_MS)
    assert saturdays(server) == [(5, 555, 615)]

    expect(column(page, SATURDAY).locator(".opening button")).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog")).to_contain_text("Retirer : Chaque samedi 09:15–10:15 ?")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Retiré", timeout=WITHIN_MS)
    assert saturdays(server) == []

    press_until(page, "Shift+Tab", lambda: focused(page).startswith("Ajouter, Samedi"), most=40)
    page.keyboard.press("Enter")
    press_until(page, "ArrowDown", lambda: "18:30–19:30" in focused(page), most=40)
    page.keyboard.press("ArrowLeft")
    assert focused(page).startswith("18:30–19:30 Nouveau, Vendredi")
    page.keyboard.press("Enter")
    press_until(page, "ArrowDown", lambda: focused(page) == "Je suis absent", most=4)
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Vendredi", timeout=WITHIN_MS)
    assert spans(server, "absence") == [f"{friday} 18:30 {friday} 19:30"]


def test_an_absence_that_touches_somebody_leads_to_the_page_that_shows_whom(stand: Stand) -> None:
    server, page, monday = stand
    page.get_by_role("button", name=re.compile("^Ajouter, Mardi")).click()
    press_until(page, "ArrowUp", lambda: "09:00–10:00" in focused(page), most=40)
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Je suis absent").click()
    expect(page.get_by_role("alert")).to_contain_text("Lucie", timeout=WITHIN_MS)
    assert spans(server, "absence") == []
    page.get_by_role("button", name="Oui, noter l’absence").click()
    expect(page.get_by_role("status")).to_contain_text("Votre absence est notée")
    day = f"{monday + timedelta(days=1):%d}"
    assert spans(server, "absence") == [f"{day} 09:00 {day} 10:45"]


def test_a_refusal_is_said_and_the_block_goes_back(stand: Stand) -> None:
    server, page, _monday = stand
    for start in (9, 14):
        drag(page, point(page, SATURDAY, start * 60), point(page, SATURDAY, (start + 2) * 60))
        page.get_by_role("button", name="Je reçois ici chaque samedi").click()
        expect(said(page)).to_contain_text(f"{start:02}:00", timeout=WITHIN_MS)
    drag(page, point(page, SATURDAY, 15 * 60), point(page, SATURDAY, 11 * 60))
    page.get_by_role("button", name="Garder").click()
    expect(said(page)).to_contain_text("se chevauchent", timeout=WITHIN_MS)
    blocks = column(page, SATURDAY).locator(".opening")
    expect(blocks).to_have_text([re.compile("09:00–11:00"), re.compile("14:00–16:00")])
    assert saturdays(server) == [(5, 540, 660), (5, 840, 960)]


def test_narrow_screens_keep_the_list(stand: Stand) -> None:
    _server, page, _monday = stand
    expect(page.locator(".week")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator(".week")).to_be_visible()
    expect(page.locator(".wg")).to_be_hidden()


@pytest.mark.parametrize("width_px", [800, 1280])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_grid_and_its_dialog_have_no_barrier_and_fit(
    stand: Stand, width_px: int, language: str
) -> None:
    server, page, monday = stand
    wednesday = monday + timedelta(days=2)
    at = f"datetime({wednesday.year},{wednesday.month},{wednesday.day},%s,tzinfo=UTC)"
    server.command(
        "shell",
        "-v0",
        "-c",
        "from datetime import *;from cordee.directory.models import *;"
        "agent=Opening.objects.first().agent;"
        f"Absence.objects.create(agent=agent,starts_at={at % 9},ends_at={at % 11});"
        f"BusyTime.objects.create(agent=agent,starts_at={at % 13},ends_at={at % 14})",
    )
    page.set_viewport_size({"width": width_px, "height": 1000})
    page.context.add_cookies([{"name": "django_language", "value": language, "url": server.url}])
    page.goto(f"{server.url}/guichet/semaine/?semaine={monday}")
    expect(page.locator(f"html[lang={language}]")).to_be_attached()
    expect(page.locator("#week-grid[data-drawn]")).to_be_visible(timeout=WITHIN_MS)
    assert barriers(page) == []
    page.locator(".wg-add").last.click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    page.context.clear_cookies(name="django_language")
