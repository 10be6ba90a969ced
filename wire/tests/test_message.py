from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee_wire import control, counter_link, kiosk_link, signal, stage
from cordee_wire.message import (
    CONTROL_LIMIT_BYTES,
    LINK_LIMIT_BYTES,
    MessageRefused,
    decode,
    encode,
    type_of,
)

CHANNELS = (
    control.FromAgent,
    control.FromKiosk,
    counter_link.FromServer,
    counter_link.FromCounter,
    kiosk_link.FromServer,
    kiosk_link.FromKiosk,
    signal.Signal,
    stage.ToStage,
    stage.FromStage,
)


def refusal(data: bytes | str, kind: object, **limits: int) -> MessageRefused:
    with pytest.raises(MessageRefused) as caught:
        decode(data, kind, **limits)
    return caught.value


def test_type_is_the_class_name_in_small_letters() -> None:
    assert type_of("TimeAsked") == "time_asked"
    assert b'"type":"mirror_again"' in encode(control.MirrorAgain())


def test_unknown_type_is_refused_in_plain_words() -> None:
    error = refusal('{"type":"format_disk"}', kiosk_link.FromKiosk)
    assert error.code == "unknown"
    assert str(error).startswith("Message inconnu ou incomplet")


def test_message_of_another_channel_is_refused() -> None:
    told = encode(kiosk_link.TimeTold(sent=1.0, now=2.0))
    assert refusal(told, kiosk_link.FromKiosk).code == "unknown"


def test_missing_field_is_refused() -> None:
    assert refusal('{"type":"ask","act":"see"}', control.FromAgent).code == "unknown"


def test_field_of_another_kind_is_refused() -> None:
    assert refusal('{"type":"ask","act":"see","id":"1"}', control.FromAgent).code == "unknown"


@pytest.mark.parametrize(
    "detail", [r'{"host": "a\u0000b"}', r'{"a\u0000": 1}'], ids=["value", "name"]
)
def test_a_nul_character_is_refused_wherever_it_stands(detail: str) -> None:
    fact = r'{"type":"fact","visit":"v","boot":"b","seq":1,"kind":"live","at":1,"detail":%s}'

    assert refusal(fact % detail, kiosk_link.FromKiosk).code == "malformed"
    assert refusal((fact % detail).encode(), kiosk_link.FromKiosk).code == "malformed"


def test_a_text_about_a_nul_character_is_none() -> None:
    said: kiosk_link.Joined = decode(
        rb'{"type":"joined","visit":"\\u0000","instance":null}', kiosk_link.FromKiosk
    )

    assert said == kiosk_link.Joined(visit=r"\u0000", instance=None)


def test_unknown_field_is_ignored_so_that_messages_may_grow() -> None:
    told: control.Ask = decode('{"type":"ask","act":"see","id":1,"new":0}', control.FromAgent)
    assert told == control.Ask(act="see", id=1)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"ask"', "\x00", '{"type":1}'])
def test_what_is_no_message_is_refused(text: str) -> None:
    assert refusal(text, control.FromAgent).code in {"malformed", "unknown"}


def test_bytes_that_are_no_text_are_refused() -> None:
    assert refusal(b'{"type":"ask","act":"\xff","id":1}', control.FromAgent).code == "malformed"


def test_largest_message_passes_and_one_byte_more_is_refused() -> None:
    fixed = len(encode(control.Type(id=1, node=1, text="")))
    fits = encode(control.Type(id=1, node=1, text="a" * (CONTROL_LIMIT_BYTES - fixed)))
    typed: control.Type = decode(fits, control.FromAgent, limit_bytes=CONTROL_LIMIT_BYTES)
    assert len(typed.text) == CONTROL_LIMIT_BYTES - fixed
    over = fits.replace(b'"text":"', b'"text":"a')
    assert refusal(over, control.FromAgent, limit_bytes=CONTROL_LIMIT_BYTES).code == "too_large"


def test_size_counts_bytes_and_not_characters() -> None:
    text = '{"type":"type","id":1,"node":1,"text":"' + "é" * (LINK_LIMIT_BYTES // 2) + '"}'
    assert refusal(text, control.FromAgent).code == "too_large"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_any_text_arrives_as_it_was_typed(text: str) -> None:
    sent = control.Type(id=7, node=3, text=text)
    assert decode(encode(sent), control.FromAgent, limit_bytes=10**9) == sent


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_and_nothing_else_is_raised(data: bytes) -> None:
    for channel in CHANNELS:
        try:
            decode(data, channel)
        except MessageRefused as error:
            assert error.code in {"malformed", "unknown"}  # noqa: PT017 - refusal is one outcome
