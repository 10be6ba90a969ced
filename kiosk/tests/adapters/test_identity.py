from __future__ import annotations

from pathlib import Path

import pytest
from authority import PARTNER, Authority

from cordee_kiosk.adapters import identity
from cordee_kiosk.core.trust import is_signed
from cordee_wire.signed import Root


def test_key_is_read_by_its_owner_only_and_signs(tmp_path: Path) -> None:
    who, private_key = identity.make()
    identity.keep(tmp_path, private_key)
    assert oct((tmp_path / "identity.key").stat().st_mode)[-3:] == "600"
    again = identity.load(tmp_path)
    assert again.public_key == who.public_key
    assert is_signed(public_key=who.public_key, signature=again.sign(b"x"), payload=b"x")


def test_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    identity.keep(tmp_path, identity.make()[1])
    (tmp_path / "identity.key").chmod(0o640)
    with pytest.raises(identity.NoIdentity, match="chmod"):
        identity.load(tmp_path)


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n", id="a line without a key"),
        pytest.param("clé".encode(), id="not ASCII"),
        pytest.param(b"\xff" * 43, id="not text"),
        pytest.param(b"?" * 43, id="not base64url"),
        pytest.param(b"A" * 41, id="cut short where base64url has no meaning"),
        pytest.param(b"A" * 42, id="one byte short"),
        pytest.param(b"A" * 44, id="one byte long"),
    ],
)
def test_damaged_key_is_refused_in_words(tmp_path: Path, damaged: bytes) -> None:
    identity.keep(tmp_path, identity.make()[1])
    (tmp_path / "identity.key").write_bytes(damaged)
    with pytest.raises(identity.NoIdentity, match="abîmé"):
        identity.load(tmp_path)


def test_box_without_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(identity.NoIdentity, match="enrol"):
        identity.load(tmp_path)


def test_roots_are_pinned_and_one_may_be_changed_at_the_box(tmp_path: Path) -> None:
    first, second = Authority().roots[PARTNER], Authority().roots[PARTNER]
    identity.pin_roots(tmp_path, [Root(partner="a", public_key=first)])
    identity.pin(tmp_path, partner="b", public_key=second)
    identity.pin(tmp_path, partner="a", public_key=second)
    assert identity.pinned_roots(tmp_path) == {"a": second, "b": second}


def test_what_is_no_key_is_not_pinned(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="clé publique"):
        identity.pin(tmp_path, partner="a", public_key="abcd")
