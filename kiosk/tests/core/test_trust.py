"""Whose keys these are: every link of the chain is checked."""

from __future__ import annotations

import pytest
from authority import AGENT_FINGERPRINT, KIOSK_FINGERPRINT, PARTNER, Authority, sdp

from cordee_kiosk.core import trust
from cordee_wire import kiosk_link, stage
from cordee_wire.signal import Description
from cordee_wire.signed import dtls_payload, short_code
from core.kiosk import COUNTER, VISIT, Kiosk, entry_of

NOW = 1_800_000_000.0


def refusal_of(authority: Authority, said: Description, **entry: object) -> str:
    with pytest.raises(trust.NotTrusted) as refused:
        trust.check_description(
            said, entry=entry_of(authority, **entry), roots=authority.roots, now=NOW
        )
    return refused.value.code


def test_agent_whose_whole_chain_holds_is_trusted() -> None:
    authority = Authority()
    found = trust.check_description(
        authority.answer(VISIT), entry=entry_of(authority), roots=authority.roots, now=NOW
    )
    assert found == AGENT_FINGERPRINT


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "recovery"}, "kind"),
        ({"partner": "impots-05"}, "partner"),
        ({"holder": "Monsieur Autre"}, "holder"),
        ({"not_after": NOW}, "expired"),
        ({"not_before": NOW + 3600}, "not_yet"),
        ({"verify_key": None}, "not_listed"),
    ],
)
def test_certificate_that_says_something_else_is_refused(
    changes: dict[str, object], code: str
) -> None:
    authority = Authority()
    said = authority.answer(VISIT, certificate=authority.certificate(**changes))
    assert refusal_of(authority, said) == code


def test_certificate_of_another_root_is_refused() -> None:
    authority = Authority()
    said = authority.answer(VISIT, certificate=Authority().certificate())
    assert refusal_of(authority, said) == "signature"


def test_partner_whose_root_is_not_pinned_is_refused() -> None:
    authority = Authority()
    assert refusal_of(authority, authority.answer(VISIT), partner="inconnu") == "root_unknown"


def test_agent_without_certificate_is_refused() -> None:
    authority = Authority()
    said = authority.answer(VISIT, certificate=None)
    assert refusal_of(authority, said, certificate=None) == "certificate"


def test_revoked_key_is_refused_although_its_certificate_still_lasts() -> None:
    authority = Authority()
    said = authority.answer(VISIT)
    assert said.certificate is not None
    assert refusal_of(authority, said, certificate=None) == "certificate"


def test_key_that_another_has_replaced_in_the_agenda_is_refused() -> None:
    authority = Authority()
    newer = Authority(root=authority.root)
    said = authority.answer(VISIT)
    assert refusal_of(authority, said, certificate=newer.certificate()) == "not_listed"
    alone = authority.answer(VISIT, certificate=None)
    assert refusal_of(authority, alone, certificate=newer.certificate()) == "fingerprint"


def test_listed_key_that_the_root_did_not_certify_is_refused() -> None:
    authority = Authority()
    forged = Authority(agent=authority.agent).certificate()
    said = authority.answer(VISIT)
    assert refusal_of(authority, said, certificate=forged) == "signature"
    said = authority.answer(VISIT, certificate=None)
    assert refusal_of(authority, said, certificate=forged) == "signature"


def test_renewed_certificate_of_the_listed_key_is_trusted() -> None:
    authority = Authority()
    said = authority.answer(VISIT, certificate=authority.certificate(serial="2", not_before=1))
    entry = entry_of(authority)
    found = trust.check_description(said, entry=entry, roots=authority.roots, now=NOW)
    assert found == AGENT_FINGERPRINT


def test_listed_certificate_without_a_signing_key_is_refused() -> None:
    authority = Authority()
    keyless = authority.certificate(verify_key=None)
    said = authority.answer(VISIT, certificate=None)
    assert refusal_of(authority, said, certificate=keyless) == "fingerprint"


def test_listed_certificate_that_has_ended_is_refused() -> None:
    authority = Authority()
    ended = authority.certificate(not_after=NOW)
    assert refusal_of(authority, authority.answer(VISIT), certificate=ended) == "expired"


def test_revocation_reaches_a_visit_that_waits_for_its_hour() -> None:
    kiosk = Kiosk().up()
    kiosk.until(NOW - 29)
    kiosk.server(kiosk_link.Agenda(entries=[entry_of(kiosk.authority, certificate=None)]))
    kiosk.counter_comes()
    kiosk.negotiate()
    assert not kiosk.told(stage.SignalIn)
    assert kiosk.facts("rejected")
    assert kiosk.shown.view == "trouble"


@pytest.mark.parametrize(
    "said",
    [
        sdp(KIOSK_FINGERPRINT),
        sdp(AGENT_FINGERPRINT, KIOSK_FINGERPRINT),
        sdp(),
        sdp(AGENT_FINGERPRINT) + "a=fingerprint:sha-256 nonsense\r\n",
    ],
)
def test_swapped_added_or_missing_fingerprint_is_refused(said: str) -> None:
    authority = Authority()
    assert refusal_of(authority, authority.answer(VISIT, sdp=said)) == "fingerprint"


def test_signature_made_for_another_visit_is_refused() -> None:
    authority = Authority()
    assert refusal_of(authority, authority.answer("f" * 32)) == "fingerprint"


def test_fingerprint_is_the_same_in_any_spelling() -> None:
    assert trust.fingerprint_of("a=fingerprint:SHA-256 ab:cd\r\n") == "sha-256 AB:CD"


def test_own_description_is_signed_with_the_kiosk_key() -> None:
    authority = Authority()
    own = Description(kind="offer", sdp=sdp(KIOSK_FINGERPRINT), fingerprint="", signature="")
    signed = trust.signed_description(own, visit=VISIT, signer=authority.kiosk)
    assert trust.is_signed(
        public_key=authority.kiosk.public_key,
        signature=signed.signature,
        payload=dtls_payload(VISIT, "kiosk", KIOSK_FINGERPRINT),
    )


@pytest.mark.parametrize("text", ["é", "a", "ab=c", "a b"])
def test_what_is_not_base64url_is_no_key(text: str) -> None:
    assert not trust.is_signed(public_key=text, signature=text, payload=b"")


def test_roots_of_other_partners_do_not_count() -> None:
    authority = Authority()
    roots = {"impots-05": authority.roots[PARTNER]}
    with pytest.raises(trust.NotTrusted):
        trust.read_certificate(
            authority.certificate(), kind="agent", partner=PARTNER, roots=roots, now=NOW
        )


def test_swapped_fingerprint_refuses_the_call_before_the_stage_hears_of_it() -> None:
    kiosk = Kiosk().up()
    kiosk.until(NOW - 29)
    kiosk.counter_comes()
    kiosk.negotiate(kiosk.authority.answer(VISIT, sdp=sdp(KIOSK_FINGERPRINT)))
    assert not kiosk.told(stage.SignalIn)
    assert kiosk.facts("rejected")[0].detail["code"] == "fingerprint"
    assert kiosk.shown.view == "trouble"
    kiosk.until(NOW)
    assert not kiosk.told(stage.GoLive)


def test_both_ends_see_the_same_short_code() -> None:
    kiosk = Kiosk().warm()
    assert kiosk.shown.code == short_code(VISIT, KIOSK_FINGERPRINT, AGENT_FINGERPRINT)


def test_signal_that_is_none_is_rejected() -> None:
    kiosk = Kiosk().warm()
    asked = kiosk.told(stage.Negotiate)[-1]
    nonsense = kiosk_link.Relayed(
        visit=VISIT, instance=COUNTER, to=asked.instance, signal={"type": "launch"}
    )
    kiosk.server(nonsense)
    assert "bad_signal" in kiosk.rejects()
