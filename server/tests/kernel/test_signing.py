from __future__ import annotations

import pytest
from factories import new_private_key
from hypothesis import given
from hypothesis import strategies as st

from cordee.kernel import base64url
from cordee.kernel.signing import is_public_key, is_signed, public_key_of, sign


def test_a_signature_holds_for_its_key_and_payload_only() -> None:
    key, other = new_private_key(), new_private_key()
    signature = sign(private_key=key, payload=b"one")

    assert is_signed(public_key=public_key_of(key), signature=signature, payload=b"one")
    assert not is_signed(public_key=public_key_of(key), signature=signature, payload=b"two")
    assert not is_signed(public_key=public_key_of(other), signature=signature, payload=b"one")


@pytest.mark.parametrize("text", ["", "é", "AAAA", "A" * 44, "=" * 43])
def test_nonsense_is_no_key_and_no_signature(text: str) -> None:
    key = new_private_key()

    assert not is_public_key(text)
    assert not is_signed(public_key=public_key_of(key), signature=text, payload=b"one")
    assert not is_signed(public_key=text, signature=text, payload=b"one")


@given(st.binary(max_size=100))
def test_bytes_come_back_from_text(data: bytes) -> None:
    text = base64url.encode(data)

    assert base64url.decode(text) == data
    assert "=" not in text


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "+/+/"])
def test_only_one_spelling_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match="base64url"):
        base64url.decode(text)
