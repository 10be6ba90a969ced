"""Nonsense and other people's business on every line: a sentence each, and the visit goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed

from e2e.stand.counter import Counter
from e2e.stand.processes import wait_until
from e2e.stand.raw import KEEP_LINES, AgentsLines, Box, Line, Person, Said
from e2e.stand.world import World, soon

UNKNOWN = "Message inconnu ou incomplet"
UNREADABLE = "Message illisible : ce n’est pas du JSON."
TOO_LARGE = "Message trop grand : {size} octets, au plus 65536."
UPDATE = "Rechargez la page, ou mettez le programme à jour."
NOT_THIS_KIOSKS = "Ce rendez-vous n’est pas celui de cette borne."
NOT_YOURS = "Ce rendez-vous n’est pas le vôtre. Revenez à vos rendez-vous."
NONSENSE: tuple[tuple[str | bytes, str, str], ...] = (
    ('{"type":"format_disk"}', "unknown", f"{UNKNOWN} ($.type). {UPDATE}"),
    ('{"type":"time_asked"}', "unknown", f"{UNKNOWN}. {UPDATE}"),
    ('{"type":"time_asked","sent":"hier"}', "unknown", f"{UNKNOWN} ($.sent). {UPDATE}"),
    ("[" * 5_000, "unknown", f"{UNKNOWN}. {UPDATE}"),
    ("{", "malformed", f"{UNREADABLE} {UPDATE}"),
    (b"\x00\xff\xfe", "malformed", f"{UNREADABLE} {UPDATE}"),
    ("é" * 35_000, "too_large", TOO_LARGE.format(size=70_000)),
)
BAD_MOST = 20


@dataclass(frozen=True)
class Meeting:
    """A live visit in which the agent has the hand."""

    world: World
    visit: str
    counter: Counter
    lines: AgentsLines


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720) as world:
        world.wait_for_kiosk()
        with world.agent(init_script=KEEP_LINES) as agent:
            wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="keys")
            visit, _ = world.book_soon()
            agent.open_counter(visit)
            counter = Counter(agent.page)
            counter.wait_for_face(within_s=60)
            counter.obtain("see")
            counter.obtain("control")
            counter.wait_for_value("#nom", "")
            yield Meeting(world, visit, counter, AgentsLines(agent.page))


@pytest.fixture(scope="module")
def box(meeting: Meeting, tmp_path_factory: pytest.TempPathFactory) -> Box:
    state: Path = tmp_path_factory.mktemp("other") / "state"
    return Box(meeting.world.server, kiosk="Aiguilles 1", state=state)


@pytest.fixture
def going_on(meeting: Meeting) -> Iterator[None]:
    """Look that the visit was not touched: the next verb and the next word still work."""
    journal = acts_of(meeting)
    yield
    write_on(meeting, "Adèle")
    write_on(meeting, "Élodie N’Guyen")
    assert meeting.counter.mark("call") == "live"
    assert acts_of(meeting) == journal
    for act in ("see", "control"):
        expect(meeting.counter.act(act)).to_have_attribute("data-state", "given")


def write_on(meeting: Meeting, name: str) -> None:
    held = meeting.counter.mirror().locator("#nom").input_value()
    meeting.counter.click("#nom")
    meeting.counter.page.keyboard.press("End")
    for _ in held:
        meeting.counter.page.keyboard.press("Backspace")
    meeting.counter.page.keyboard.type(name)
    meeting.counter.wait_for_value("#nom", name)


def acts_of(meeting: Meeting) -> list[tuple[str, str]]:
    """Return who did what in the visit, as the journal has it, refused acts excepted."""
    rows = meeting.world.server.rows(
        "select actor_id, verb from journal_entry where object_id = ? and verb <> 'rejected'"
        " order by id",
        meeting.visit,
    )
    return [(str(actor), str(verb)) for actor, verb in rows]


def assert_notice(meeting: Meeting, sentence: str) -> None:
    expect(meeting.counter.page.locator("#notice p")).to_have_text(sentence, timeout=10_000)


def assert_takes_nonsense(line: Line) -> None:
    for text, code, sentence in NONSENSE:
        refused = line.ask(text, "refused")
        assert (refused["code"], refused["message"]) == (code, sentence)
    assert line.ask({"type": "time_asked", "sent": 1.0}, "time_told")["sent"] == 1.0


@pytest.mark.usefixtures("going_on")
def test_kiosk_answers_nonsense_of_the_agents_page_in_words(meeting: Meeting) -> None:
    unknown = "La borne ne connaît pas cette demande. Rechargez la page du guichet."
    unreadable = "La borne n’a pas pu lire cette demande. Rechargez la page du guichet."
    too_large = "Cette demande est trop grande pour la borne. Envoyez-la en plusieurs fois."
    for text, sentence in (
        ('{"type":"format_disk"}', unknown),
        ('{"type":"click","id":"1"}', unknown),
        ("null", unknown),
        ("{", unreadable),
        ("x" * 20_000, too_large),
        ("€" * 60_000, too_large),
    ):
        done = meeting.lines.ask(text, "done")
        assert (done["id"], done["ok"], done["code"]) == (0, False, "bad_request")
        assert done["message"] == sentence
        assert_notice(meeting, sentence)


@pytest.mark.usefixtures("going_on")
def test_kiosk_answers_what_cannot_be_done_in_words(meeting: Meeting) -> None:
    unknown = "La borne ne connaît pas cette demande. Rechargez la page du guichet."
    not_here = "Cela ne peut pas se faire ici. Choisissez un autre endroit de la page."
    nowhere = "Il n’y a pas de page dans cette direction."
    gone = "Cet endroit de la page n’est plus là. Regardez la page, puis recommencez."
    wishes: tuple[tuple[Said, str, str], ...] = (
        ({"type": "ask", "act": "format"}, "bad_request", unknown),
        ({"type": "press", "key": "F5"}, "bad_request", not_here),
        ({"type": "go", "where": "elsewhere"}, "bad_request", nowhere),
        ({"type": "go", "where": "back"}, "bad_request", nowhere),
        ({"type": "click", "node": 999_999, "x": 0.5, "y": 0.5}, "gone", gone),
        ({"type": "click", "node": -1, "x": 9e9, "y": -9e9}, "gone", gone),
        ({"type": "type", "node": 999_999, "text": "perdu"}, "gone", gone),
    )
    for number, (wish, code, sentence) in enumerate(wishes, start=700_001):
        done = meeting.lines.ask({**wish, "id": number}, "done")
        assert done == {"type": "done", "id": number, "ok": False, "code": code} | {
            "message": sentence
        }
        assert_notice(meeting, sentence)


@pytest.mark.usefixtures("going_on")
def test_server_answers_nonsense_of_the_counters_own_page_in_words(meeting: Meeting) -> None:
    for text, code, sentence in NONSENSE:
        if isinstance(text, bytes):
            continue
        refused = meeting.lines.ask(text, "refused", on="socket")
        assert (refused["code"], refused["message"]) == (code, sentence)
        assert_notice(meeting, sentence)


@pytest.mark.usefixtures("going_on")
def test_counters_socket_takes_nonsense_until_it_is_too_much(meeting: Meeting) -> None:
    world = meeting.world
    log_in = world.log_in("agent")
    later = world.book(starts_at=soon(7200))
    with Person(world.server, email=log_in.email, password=log_in.password) as person:
        with person.line(later) as line:
            line.hear("seat_taken")
            assert_takes_nonsense(line)
            for _ in range(BAD_MOST - len(NONSENSE)):
                line.say("{")
            with pytest.raises(ConnectionClosed) as closed:
                line.hear("nothing")
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 4400
        with person.line(later) as line:
            line.hear("seat_taken")
            # The line may end while the message is still on its way.
            with pytest.raises(ConnectionClosed):
                line.ask("x" * 2_000_000, "nothing")
        with person.line(later) as line:
            line.hear("seat_taken")
            signal = {"visit": meeting.visit, "instance": "b" * 32, "to": "c" * 32, "signal": {}}
            refused = line.ask({"type": "relayed", **signal}, "refused")
            assert (refused["code"], refused["message"]) == ("not_yours", NOT_YOURS)


@pytest.mark.usefixtures("going_on")
def test_kiosks_socket_takes_nonsense_until_it_is_too_much(meeting: Meeting, box: Box) -> None:
    with box.line() as line:
        assert_takes_nonsense(line)
        again = {"kiosk": box.kiosk, "signature": "", "boot": "", "version": ""}
        refused = line.ask({"type": "hello", **again}, "refused")
        assert refused["message"] == "La borne s’est déjà présentée."
        for _ in range(BAD_MOST - len(NONSENSE) - 1):
            line.say("{")
        with pytest.raises(ConnectionClosed) as closed:
            line.hear("nothing")
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 4400
    with box.line() as line:
        assert line.ask({"type": "time_asked", "sent": 2.0}, "time_told")["sent"] == 2.0
    assert meeting.world.server.rows(
        "select 1 from fleet_kiosk where name = 'Guillestre 1' and connected_at is not null"
    )


@pytest.mark.usefixtures("going_on")
def test_kiosk_that_asks_for_anothers_visit_is_refused(meeting: Meeting, box: Box) -> None:
    server, visit = meeting.world.server, meeting.visit
    before = server.rows("select * from journal_entry where object_id = ?", visit)
    fact = {"visit": visit, "boot": "raw", "seq": 1, "kind": "ended", "at": 1.0}
    signal = {"visit": visit, "instance": "b" * 32, "to": "c" * 32, "signal": {}}
    with box.line() as line:
        for said in (
            {"type": "fact", **fact, "detail": {"by": "agent"}},
            {"type": "joined", "visit": visit, "instance": "b" * 32},
            {"type": "relayed", **signal},
            {"type": "fact", **fact, "visit": "0" * 32},
        ):
            refused = line.ask(said, "refused")
            assert (refused["code"], refused["message"]) == ("not_yours", NOT_THIS_KIOSKS)

    elsewhere = {
        "code": "not_yours",
        "message": "Cette page n’appartient pas à un rendez-vous de cette borne.",
    }
    offered = {"page": "d" * 32, "visit": visit, "size_bytes": 900, "sha256": "ab" * 32}
    body = json.dumps({"type": "page_offered", **offered, "recipients": ["age1x"]}).encode()
    for answer in (
        box.request("POST", "/api/kiosk/pages", body),
        box.request("PATCH", f"/api/kiosk/pages/{'d' * 32}", b"x", {"Upload-Offset": "0"}),
    ):
        assert (answer.status_code, answer.json()) == (httpx.codes.NOT_FOUND, elsewhere)

    assert server.rows("select * from journal_entry where object_id = ?", visit) == before
    assert not server.rows("select 1 from documents_sealedpage")


@pytest.mark.usefixtures("going_on")
@pytest.mark.parametrize("partner", ["emploi", "allocations"])
def test_agent_who_is_not_seated_finds_nothing_of_the_visit(meeting: Meeting, partner: str) -> None:
    server, visit = meeting.world.server, meeting.visit
    email = f"{partner}@demo.invalid"
    words = {"--email": email, "--name": f"Agent {partner}", "--role": "agent"}
    account = [word for pair in words.items() for word in pair]
    said = server.command("create_user", *account, "--partner", partner, "--generate")
    password = said.split()[-1]

    with Person(server, email=email, password=password) as person:
        page = person.get(f"/guichet/{visit}/")
        assert page.status_code == httpx.codes.NOT_FOUND
        assert (
            "L’adresse est peut-être mal recopiée, ou cette page n’est pas pour vous" in page.text
        )
        assert "Revenir à la première page" in page.text
        assert "Élodie" not in page.text
        for answer in (
            person.get(f"/api/visits/{visit}/pages"),
            person.post(f"/api/visits/{visit}/outcome", json={"outcome": "done"}),
        ):
            assert answer.status_code == httpx.codes.NOT_FOUND
            nothing = "Introuvable : cela n’existe pas, ou n’est pas à vous."
            assert answer.json() == {
                "code": "not_found",
                "message": f"{nothing} Revenez à vos rendez-vous.",
            }
        with person.line(visit) as line:
            refused = line.hear("refused")
            assert (refused["code"], refused["message"]) == ("not_yours", NOT_YOURS)
            with pytest.raises(ConnectionClosed) as closed:
                line.hear("nothing")
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 4403
