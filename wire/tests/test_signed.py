from __future__ import annotations

import hashlib

from cordee_wire import signed


def test_payloads_of_different_purposes_never_agree() -> None:
    payloads = {
        signed.challenge_payload("a", "b"),
        signed.certificate_payload("a\nb"),
        signed.key_proof_payload("a", "b", "c"),
        signed.dtls_payload("a", "b", "c"),
        signed.http_payload("a", "b", "c", b""),
    }
    purposes = {payload.split(b"\n", 1)[0] for payload in payloads}
    assert len(purposes) == len(payloads)


def test_http_payload_covers_the_body() -> None:
    digest = hashlib.sha256(b"page").hexdigest()
    assert (
        signed.http_payload("PATCH", "/api/kiosk/pages/1", "1795507200", b"page")
        == f"cordee-http-v1\nPATCH\n/api/kiosk/pages/1\n1795507200\n{digest}\n".encode()
    )


def test_dtls_payload_is_bound_to_visit_and_role() -> None:
    fingerprint = "sha-256 4A:AD"
    assert signed.dtls_payload("v", "kiosk", fingerprint) == (
        b"cordee-dtls-v1\nv\nkiosk\nsha-256 4A:AD\n"
    )
    assert signed.dtls_payload("v", "agent", fingerprint) != signed.dtls_payload(
        "v", "kiosk", fingerprint
    )


def test_short_code_has_four_digits_and_changes_with_either_fingerprint() -> None:
    code = signed.short_code("v", "sha-256 AA", "sha-256 BB")
    assert code == "1730"
    assert code.isdigit()
    assert signed.short_code("v", "sha-256 AA", "sha-256 BC") != code
    assert signed.short_code("v", "sha-256 AB", "sha-256 BB") != code


def test_key_fingerprint_is_short_enough_to_read_out_and_changes_with_each_part() -> None:
    found = signed.key_fingerprint("a", "b", "c")
    assert found == "aaa4 7c96 23d4 a408 80e2 67c2 6838 6ab8"
    assert {signed.key_fingerprint(*other) for other in (("x", "b", "c"), ("a", "x", "c"))} != {
        found
    }
    assert signed.key_fingerprint("a", "b", "x") != found
