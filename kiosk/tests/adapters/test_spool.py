from __future__ import annotations

from pathlib import Path

from cordee_kiosk.adapters.spool import BoxMemory, FactSpool
from cordee_kiosk.core.kept import Kept
from cordee_wire.kiosk_link import Fact, Welcome


def fact(seq: int, boot: str = "b1", visit: str = "a" * 32) -> Fact:
    return Fact(visit=visit, boot=boot, seq=seq, kind="live", at=1.5, detail={"lateness_s": 0})


def test_facts_survive_the_daemon_in_order(tmp_path: Path) -> None:
    spool = FactSpool(tmp_path)
    for seq in (1, 2, 3):
        spool.add(fact(seq))
    spool.forget("b1", 2)
    after = FactSpool(tmp_path)
    after.add(fact(1, "b2"))
    assert FactSpool(tmp_path).waiting() == [fact(1), fact(3), fact(1, "b2")]


def test_file_is_empty_when_nothing_waits(tmp_path: Path) -> None:
    spool = FactSpool(tmp_path)
    spool.add(fact(1))
    spool.forget("b1", 1)
    assert (tmp_path / "facts.ndjson").read_bytes() == b""
    assert FactSpool(tmp_path).waiting() == []


def test_line_cut_by_a_power_loss_costs_only_itself(tmp_path: Path) -> None:
    spool = FactSpool(tmp_path)
    spool.add(fact(1))
    with (tmp_path / "facts.ndjson").open("ab") as file:
        file.write(b'{"type":"fact","visit":"aa')
    after = FactSpool(tmp_path)
    after.add(fact(2))
    assert FactSpool(tmp_path).waiting() == [fact(1), fact(2)]


def test_unknown_fact_is_forgotten_without_harm(tmp_path: Path) -> None:
    FactSpool(tmp_path).forget("b9", 9)


def test_facts_of_a_visit_that_nobody_knows_end_and_others_stay(tmp_path: Path) -> None:
    spool = FactSpool(tmp_path)
    lost = [fact(1, visit="b" * 32), fact(3, visit="b" * 32)]
    for each in (lost[0], fact(2), lost[1]):
        spool.add(each)
    assert spool.forget_visit("b" * 32) == lost
    assert spool.forget_visit("b" * 32) == []
    assert FactSpool(tmp_path).waiting() == spool.waiting() == [fact(2)]


def test_agenda_and_visit_are_kept(tmp_path: Path) -> None:
    box = BoxMemory(tmp_path)
    assert box.visit() == Kept()
    assert box.agenda().agenda == []
    welcome = Welcome(now=5, site="Guillestre", phone="04", agenda=[])
    box.keep_agenda(welcome)
    box.keep_visit(Kept(over=["a" * 32]))
    again = BoxMemory(tmp_path)
    assert again.agenda() == welcome
    assert again.visit() == Kept(over=["a" * 32])
    assert oct((tmp_path / "visit.json").stat().st_mode)[-3:] == "600"


def test_file_of_another_version_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "visit.json").write_text('{"entry": 5}')
    (tmp_path / "agenda.json").write_text("half a fi")
    box = BoxMemory(tmp_path)
    assert box.visit() == Kept()
    assert box.agenda().site == ""
