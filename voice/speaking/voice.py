"""The guide's voice: text to phrases of one loudness, cached, with their onsets known to the millisecond."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from voice.errors import DeviceError
from voice.speaking.loudness import SPEECH_LUFS, at_loudness
from voice.speaking.phrase import Phrase, onset_ms, window_energies
from voice.speaking.renderer import Pyttsx3Renderer, Renderer

CACHE_S = 240
"""Speech kept ready, seconds: 23 MB at 48 kHz, several times what the longest practice says."""
TRIM_DB = 45.0
"""Silence is what lies this far under a phrase's loudest 10 ms; the weakest consonants lie 35 under it."""
PAD_MS = 5
"""Silence kept before and after the sound, so that the mixer's edges (3 ms) take nothing of it."""

_Said = tuple[str, bool]
"""A text, and whether it is said slowly."""


class Voice:
    """Says texts as phrases; may be used from several threads."""

    def __init__(
        self, rate: int, name: str | None = None, words_per_minute: int = 140, *, renderer: Renderer | None = None
    ) -> None:
        """Start the synthesizer in the background.

        ``rate`` is the output's, hertz; ``name`` is a voice of the synthesizer; ``renderer`` is another synthesizer
        than pyttsx3.
        """
        self.rate = rate
        self._renderer: Renderer = renderer or Pyttsx3Renderer(name, words_per_minute)
        self._phrases: OrderedDict[_Said, Phrase] = OrderedDict()
        self._pinned: dict[_Said, Phrase] = {}
        self._lock = threading.Lock()
        self._rendering = threading.Lock()
        self._lost: DeviceError | None = None

    @property
    def name(self) -> str:
        """The voice's name for people; waits until it is loaded. Raises ``DeviceError`` if there is none."""
        return self._renderer.name

    def has(self, text: str, *, slow: bool = False) -> bool:
        """Whether ``say`` would return at once."""
        return self._cached((text, slow)) is not None

    def say(self, text: str, *, slow: bool = False) -> Phrase:
        """The phrase, rendered now (about 30 ms) if it is not cached; the same text always gives the same samples.

        Raises ``DeviceError`` if the synthesizer failed twice in a row, and from then on at once for anything not
        cached, until a ``prepare`` has found it working again: a practice must not wait for it.
        """
        if (phrase := self._cached((text, slow))) is not None:
            return phrase
        if self._lost is not None:
            raise self._lost
        return self._render((text, slow))

    def prepare(self, texts: Iterable[str], *, slow: bool = False, pin: bool = False) -> None:
        """Render what is not cached; with ``pin`` it stays cached for good. Raises ``DeviceError`` as ``say`` does."""
        for said in ((text, slow) for text in texts):
            phrase = self._cached(said) or self._render(said)
            if pin:
                with self._lock:
                    self._pinned[said] = phrase

    def close(self) -> None:
        """End the synthesizer."""
        self._renderer.close()

    def _cached(self, said: _Said) -> Phrase | None:
        with self._lock:
            if said in self._phrases:
                self._phrases.move_to_end(said)
                return self._phrases[said]
            return self._pinned.get(said)

    def _render(self, said: _Said) -> Phrase:
        with self._rendering:
            if (phrase := self._cached(said)) is not None:  # another thread was asked for it, too
                return phrase
            phrase = _finished(*self._attempt(*said), self.rate)
            with self._lock:
                self._phrases[said] = phrase
                while sum(kept.frames for kept in self._phrases.values()) > CACHE_S * self.rate:
                    self._phrases.popitem(last=False)
            return phrase

    def _attempt(self, text: str, slow: bool) -> tuple[NDArray[np.float32], int]:
        """Render; after a failure once more, with the synthesizer begun afresh."""
        if not any(character.isalnum() for character in text):
            return np.zeros(0, np.float32), self.rate
        try:
            sound = self._renderer.render(text, slow=slow)
        except DeviceError:
            self._renderer.restart()
            try:
                sound = self._renderer.render(text, slow=slow)
            except DeviceError as error:
                self._lost = error
                raise
        self._lost = None
        return sound


def _finished(samples: NDArray[np.float32], own_rate: int, rate: int) -> Phrase:
    """A rendered sound trimmed, at the output rate and at the voice's loudness."""
    if own_rate != rate and len(samples):
        import soxr

        samples = np.asarray(soxr.resample(samples, own_rate, rate), np.float32)
    samples = at_loudness(_trimmed(samples, rate), rate, SPEECH_LUFS)
    return Phrase(samples, onset_ms(samples, rate), rate)


def _trimmed(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The sound without the silence around it, between two pads of true silence with soft edges."""
    energy = window_energies(samples, rate)
    if not energy.any():
        return samples[:0].copy()
    loud = np.flatnonzero(energy >= energy.max() * 10 ** (-TRIM_DB / 10))
    start, stop = loud[0] * rate // 1000, min(len(samples), (loud[-1] + 10) * rate // 1000)
    pad = PAD_MS * rate // 1000
    sound = np.pad(samples[start:stop], (pad, pad))
    edge = np.minimum(1.0, (np.arange(pad, dtype=np.float32) + 1) / pad)
    sound[pad : 2 * pad] *= edge
    sound[-2 * pad : -pad] *= edge[::-1]
    return sound
