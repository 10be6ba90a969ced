from __future__ import annotations

from cordee.kernel.ids import CODE_LETTERS, is_hex, new_code, new_hex, plain_code


def test_a_public_id_is_32_hexadecimal_digits() -> None:
    assert is_hex(new_hex())
    assert not is_hex("../../etc/passwd")
    assert not is_hex(new_hex() + "\n")


def test_a_code_is_compared_without_case_spaces_and_hyphens() -> None:
    code = new_code()

    assert plain_code(f" {code.lower()} ") == plain_code(code.replace("-", " "))
    assert set(plain_code(code)) <= set(CODE_LETTERS)
    assert len(plain_code(code)) == 12
