"""Vosk, in the child: hears while somebody speaks; free listening always, a grammar of the expected phrases beside it.

Scoring decodes the kept turn once for each phrase, with a grammar of that phrase alone, and compares the likelihood
with that of free decoding: the loss for each second of speech, scaled so that the numbers mean what Whisper's do (-0.5
fits as well as anything, below -3.4 it is something else). One phrase to a grammar, because a grammar is a bigram
model: words of several phrases would recombine.

Measured on the Korean model with six words by three of espeak-ng's voices, with and without a closed set: transcripts
right in 36 of 36; the right word's score -0.5 at the median and -2.5 at the 5th percentile, the best wrong one's -2.7
and -0.5 at the 95th, the lead 1.4 at the median and 0 at the 5th; other sentences at most -3.9; 0.05 s a phrase; 540
MB. English could not be measured where this was built. Kaldi dithers its input: the same stream from the start of a
process gives the same numbers, the same turn at another place in it slightly different ones.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.recognizer import Found, Transcript
from voice.hearing.vosk_stream import UNKNOWN, Hypothesis, Stream, joined, pieces, spoken
from voice.understanding.grammar import Grammar

RATE = 16_000
"""Hertz."""
PIECE_BYTES = RATE // 10 * 2
"""It is given at least 100 ms at once: each piece costs a partial result."""
SHORTEST_S = 0.3
"""Speech counts as at least this long where a loss is divided by it, seconds."""
LOUDNESS = 0.1
"""RMS, of full scale, that the loudest 30 ms of a turn so far are brought to at least (-20 dBFS)."""
MOST_GAIN = 100.0
"""Largest gain, as a factor."""
BEST = -0.5
"""Score of a phrase as likely as the free decoding."""
LOSS_A_SECOND = 8.0
"""Loss of log likelihood for a second of speech that lowers the score by 1. Source: the measurement above."""
NEVER = -20.0
"""Score of a phrase that cannot be found in the sound at all."""
CLOSE = -3.2
"""Score from which our own words are believed against the free decoding. Source: the measurement above."""
TWICE = 5.0
"""Loss of log likelihood for a phrase that a grammar heard twice: the second is noise at the edge. Source: the same."""
FILLER = 0.3
"""Lead, for each word more, that a guess must have over a shorter one. Source: the same."""
FEW_WORDS = 3
"""Words of our own, up to which each is also tried by itself."""
PARTIAL = math.log(0.5)
"""Log probability given to partial results, of which Vosk does not say how sure it is."""
MOST_NAMED = 12
"""Unknown words named in one message."""


class VoskEngine:
    """Transcribes one turn at a time, with partial results, and scores phrases against it."""

    def __init__(self, folder: str, words: Sequence[str] = ()) -> None:
        """Load the model and check that it knows ``words``, of which our phrases consist.

        Raises ``DeviceError`` where Vosk is missing, the model cannot be read, or words are unknown to it.
        """
        try:
            import vosk
        except ImportError as error:
            raise DeviceError(f"Vosk is not installed ({error}).", "Type: pip install vosk") from error
        vosk.SetLogLevel(-1)
        self._vosk: Any = vosk
        self._folder = folder
        try:
            self._model: Any = vosk.Model(model_path=folder)
        except Exception as error:  # Vosk raises nothing more special
            raise DeviceError(f"{folder} is no Vosk model, or is damaged.", "Type: attune model get") from error
        self._check(words)
        self._any_word = [UNKNOWN] if self._model.vosk_model_find_word(UNKNOWN) >= 0 else []
        self._ours = [*words, *self._any_word] if words else None
        self._turn = b""
        self._free, self._best = Stream(self._recognizer(None)), joined([])
        self._closed: Stream | None = None
        self._phrases: list[str] = []
        self._kept, self._waiting = bytearray(), bytearray()
        self._gain, self._said = MOST_GAIN, ""

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Listen for ``phrases`` beside free listening; raises ``DeviceError`` for words unknown to the model."""
        self._closed = None
        if phrases is not None:
            self._check([word for phrase in phrases for word in phrase.split()])
            self._phrases = list(phrases)
            self._closed = Stream(self._recognizer([*phrases, *self._any_word]))

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Take speech, float32[n] at 16 kHz; a partial result for each change of it."""
        self._gain = min(self._gain, _gain_for(block))
        self._waiting += (np.clip(block * np.float32(self._gain), -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        if len(self._waiting) < PIECE_BYTES:
            return []
        self._hear()
        text = (self._closed or self._free).so_far()
        if not text or text == self._said:
            return []
        self._said = text
        return [Transcript(text, final=False, log_prob=PARTIAL, no_speech=0.0)]

    def settle(self, key: str | None = None) -> None:
        """Nothing to begin: it has heard everything already."""

    def finish(self) -> list[Transcript]:
        """The transcript of everything fed since the last turn.

        That of the closed set, or else of our own words, where it fits the sound nearly as well as free decoding does.
        """
        self._hear()
        self._turn = bytes(self._kept)
        heard = self._free.finish()
        self._best = heard[0]
        guesses = self._guesses()
        self._begin()
        text = spoken(self._best.words)
        fits = {guess: self._fit(guess) for guess in guesses}
        guess = max(fits, key=lambda one: fits[one] - FILLER * len(one.split()), default="")
        fit = fits.get(guess, NEVER)
        if fit >= CLOSE and text not in guesses:
            return [Transcript(guess, final=True, log_prob=fit, no_speech=0.0)]
        sure = self._best.sure if text else NEVER
        likely = tuple((spoken(one.words), math.exp(one.sure)) for one in heard) if len(heard) > 1 else ()
        return [Transcript(text, final=True, log_prob=sure, no_speech=0.0 if text else 1.0, likely=likely)]

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """How well each phrase fits the turn just finished, as a mean log probability; see the module's head."""
        return [Found(phrase, self._fit(phrase)) for phrase in phrases]

    def learn(self, grammar: Grammar) -> None:
        """Nothing to prepare: a grammar of Kaldi is a bigram model, and cannot be held to a network."""

    def second(self, phrases: Sequence[str]) -> None:
        """There is no second network here."""

    def search(self, key: str) -> None:
        """It cannot; phrases are scored one by one."""

    def _hear(self) -> None:
        """Give what waits to the recognizers."""
        if not self._kept:
            _begin_noise()
        sound, self._waiting = bytes(self._waiting), bytearray()
        self._kept += sound
        for piece in pieces(sound):
            self._free.feed(piece)
            if self._closed:
                self._closed.feed(piece)

    def _guesses(self) -> list[str]:
        """What of ours the turn may have been; a grammar also says words twice, and others to fill in noise."""
        if self._closed:
            whole = f" {spoken(self._closed.finish()[0].words)} "
            return [phrase for phrase in self._phrases if f" {phrase} " in whole]
        if not self._ours or not self._turn:
            return []
        whole = spoken(self._decode(self._ours)[0].words)
        words = list(dict.fromkeys(whole.split()))
        return [whole] if len(words) > FEW_WORDS else list(dict.fromkeys([" ".join(words), *words]))

    def _fit(self, phrase: str) -> float:
        words = tuple(phrase.split())
        if not self._turn or not words or self._unknown(words):
            return NEVER
        found = {one.words: one.likelihood for one in reversed(self._decode([phrase]))}
        fitting = [found[words]] if words in found else []
        fitting += [found[words * 2] - TWICE] if words * 2 in found else []
        if not fitting:
            return NEVER
        loss = max(0.0, self._best.likelihood - max(fitting)) / max(SHORTEST_S, self._best.spoken_s)
        return max(NEVER, BEST - loss / LOSS_A_SECOND)

    def _decode(self, grammar: Sequence[str]) -> list[Hypothesis]:
        """What the kept turn may have been, were only the grammar's words possible."""
        _begin_noise()
        stream = Stream(self._recognizer(grammar))
        for piece in pieces(self._turn):
            stream.feed(piece)
        return stream.finish()

    def _begin(self) -> None:
        self._kept, self._waiting = bytearray(), bytearray()
        self._gain, self._said = MOST_GAIN, ""

    def _recognizer(self, grammar: Sequence[str] | None) -> Any:
        told = [] if grammar is None else [json.dumps(list(grammar), ensure_ascii=False)]
        return self._vosk.KaldiRecognizer(self._model, RATE, *told)

    def _unknown(self, words: Sequence[str]) -> list[str]:
        return [word for word in dict.fromkeys(words) if self._model.vosk_model_find_word(word) < 0]

    def _check(self, words: Sequence[str]) -> None:
        unknown = self._unknown(words)
        if unknown:
            more = f" and {len(unknown) - MOST_NAMED} more" if len(unknown) > MOST_NAMED else ""
            raise DeviceError(
                f"The Vosk model in {self._folder} does not know: {', '.join(unknown[:MOST_NAMED])}{more}.",
                "Use a model of the phrases' language, write them in words that it knows, or take --engine whisper.",
            )


def _begin_noise() -> None:
    """Kaldi adds a little noise to what it hears, by C's ``rand``: begun alike for each turn, the same sound is heard
    alike after whatever else was said. "Go on" in Korean was sometimes heard as "again, go on"."""
    with contextlib.suppress(OSError, TypeError, AttributeError):  # Windows has no such handle, and hears as it likes
        ctypes.CDLL(None).srand(1)


def _gain_for(block: npt.NDArray[np.float32]) -> float:
    """The gain that the loudest 30 ms of a block want; only ever louder."""
    windows = block[: len(block) // 480 * 480].reshape(-1, 480)
    loudest = float(np.sqrt(np.max(np.mean(np.square(windows), axis=1)))) if len(windows) else 0.0
    return min(MOST_GAIN, max(1.0, LOUDNESS / max(loudest, 1e-9)))
