"""What is said of the line, from what was measured; a word stands until another has lasted."""

from __future__ import annotations

from cordee_wire.stage import LineMeasured

LASTS = 2
"""Measures in a row (one every 2 s) before another word is said."""
_THIN_BPS, _FAR_MS, _LOSSY = 120_000, 900, 0.08
_PICTURES = {"paused": "paused", "none": "sound"}


def is_slow(measured: LineMeasured) -> bool:
    """Return whether the line is so thin, far or lossy that it is said (look, sentence 10)."""
    # A still picture needs few bits: what is sent says nothing of what the line could carry.
    is_thin = 0 < measured.room_bps < _THIN_BPS
    return is_thin or measured.rtt_ms > _FAR_MS or measured.lost > _LOSSY


def word_of(measured: LineMeasured) -> str:
    """Return good, slow, paused (the picture, to spare the line) or sound (no picture came)."""
    return _PICTURES.get(measured.picture) or ("slow" if is_slow(measured) else "good")


class LineWord:
    """The word that stands."""

    def __init__(self) -> None:
        """Nothing has been measured: nothing is wrong."""
        self.word = self._next = "good"
        self._times = 0

    def take(self, measured: LineMeasured) -> None:
        """Take a measure into account."""
        word = word_of(measured)
        self._times = self._times + 1 if word == self._next else 1
        self._next = word
        if self._times >= LASTS:
            self.word = word
