from __future__ import annotations

import io
import wave

import pytest

from cordee_kiosk.adapters.voice import EspeakVoice, read_wav
from cordee_kiosk.ports import Unavailable


def length_s(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as read:
        assert (read.getnchannels(), read.getsampwidth()) == (1, 2)
        frames = read.readframes(read.getnframes())
        assert len(frames) == read.getnframes() * 2
        return float(read.getnframes() / read.getframerate())


async def test_sentence_is_a_wav_file_of_its_true_length() -> None:
    voice = EspeakVoice()
    short = length_s(await voice.say("Oui."))
    long = length_s(await voice.say("Puis-je remplir cette page avec vous ? Ça va, Noël ?"))
    assert 0.1 < short < long < 15


async def test_sentence_said_before_is_not_made_again() -> None:
    voice = EspeakVoice()
    first = await voice.say("Bonjour.")
    assert await voice.say("Bonjour.") is first


async def test_missing_voice_is_said_in_words() -> None:
    with pytest.raises(Unavailable) as missing:
        await EspeakVoice(program="no-such-voice").say("Bonjour.")
    assert "écrite" in str(missing.value)


@pytest.mark.parametrize(("code", "output"), [(1, b""), (0, b""), (0, b"RIFF" + b"\0" * 60)])
def test_recorded_end_without_sound(code: int, output: bytes) -> None:
    with pytest.raises(Unavailable):
        read_wav(code, output)
