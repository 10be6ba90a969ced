from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec
import pyrage  # type: ignore[import-untyped]  # ships no types
import pytest
from authority import AGENT, PARTNER, Authority

from cordee_kiosk.adapters.sealer import AgeSealer
from cordee_kiosk.ports import Unavailable
from cordee_wire.kiosk_link import AgendaEntry

NOW = 1_800_000_000.0
PAGE = "Feuille d’imposition, 1 234 €".encode()


def entry_of(authority: Authority, **changes: object) -> AgendaEntry:
    entry = AgendaEntry(
        visit="a" * 32,
        starts_at=NOW,
        ends_at=NOW + 1800,
        citizen="Denise",
        partner=PARTNER,
        partner_label="Allocations",
        reason="Aide",
        agent=AGENT,
        phone="04",
        start_url="https://partenaire.invalid/",
        allowed_hosts=[],
        ice_servers=[],
        certificate=authority.certificate(),
    )
    return msgspec.structs.replace(entry, **changes)


@pytest.fixture
def authority() -> Authority:
    return Authority()


def test_agent_alone_opens_a_sealed_page(authority: Authority) -> None:
    sealed = AgeSealer(authority.roots).seal(PAGE, entry=entry_of(authority), now=NOW)
    assert PAGE not in sealed.ciphertext
    assert pyrage.decrypt(sealed.ciphertext, [authority.age]) == PAGE
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed.ciphertext, [pyrage.x25519.Identity.generate()])


def test_recovery_key_opens_it_too_when_the_partner_has_one(authority: Authority) -> None:
    entry = entry_of(authority, recovery=authority.recovery())
    sealed = AgeSealer(authority.roots).seal(PAGE, entry=entry, now=NOW)
    assert pyrage.decrypt(sealed.ciphertext, [authority.recovery_age]) == PAGE
    assert sealed.recipients == [
        str(authority.age.to_public()),
        str(authority.recovery_age.to_public()),
    ]


def test_debians_age_opens_it(authority: Authority, tmp_path: Path) -> None:
    sealed = AgeSealer(authority.roots).seal(PAGE, entry=entry_of(authority), now=NOW)
    (tmp_path / "key").write_text(str(authority.age))
    opened = subprocess.run(
        ["age", "--decrypt", "--identity", tmp_path / "key"],
        input=sealed.ciphertext,
        capture_output=True,
        check=True,
    )
    assert opened.stdout == PAGE


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "recovery"},
        {"partner": "impots-05"},
        {"holder": "Monsieur Autre"},
        {"not_after": NOW - 1},
        {"not_before": NOW + 3600},
        {"recipient": "age1nonsense"},
    ],
)
def test_certificate_that_is_not_the_agents_is_refused(
    authority: Authority, changes: dict[str, object]
) -> None:
    entry = entry_of(authority, certificate=authority.certificate(**changes))
    with pytest.raises(Unavailable) as refused:
        AgeSealer(authority.roots).seal(PAGE, entry=entry, now=NOW)
    assert refused.value.code == "sealing_refused"
    assert "pas envoyée" in str(refused.value)


def test_uncertified_recipient_is_refused(authority: Authority) -> None:
    entry = entry_of(authority, certificate=None)
    with pytest.raises(Unavailable):
        AgeSealer(authority.roots).seal(PAGE, entry=entry, now=NOW)


def test_certificate_of_another_root_is_refused(authority: Authority) -> None:
    entry = entry_of(authority, certificate=Authority().certificate())
    with pytest.raises(Unavailable):
        AgeSealer(authority.roots).seal(PAGE, entry=entry, now=NOW)


def test_recovery_that_is_not_certified_is_refused_not_left_out(authority: Authority) -> None:
    entry = entry_of(authority, recovery=Authority().recovery())
    with pytest.raises(Unavailable):
        AgeSealer(authority.roots).seal(PAGE, entry=entry, now=NOW)


def test_partner_without_a_pinned_root_is_refused(authority: Authority) -> None:
    with pytest.raises(Unavailable):
        AgeSealer({}).seal(PAGE, entry=entry_of(authority), now=NOW)
