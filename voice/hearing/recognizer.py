"""The recognizer port: samples of one turn in, words and scores out.

Two engines live behind it, each in a child process (:mod:`voice.child`): Vosk hears while somebody speaks and gives
partial results, Whisper hears a whole turn at its end and scores phrases against it. Where both are installed each
does what it is best at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from voice.hearing.engines import ChildRecognizer
    from voice.understanding.grammar import Grammar

LOGGER = logging.getLogger(__name__)

Engine = Literal["auto", "vosk", "whisper"]

RATE = 16_000
"""Frames a second of everything that is heard."""
ANSWER_S = 15.0
"""Longest that an engine may take for one answer, seconds: 30 s of speech take Whisper 2 s on two slow cores."""
UNHURRIED_S = 180.0
"""The same for a recording, where nobody waits: a machine that is busy with something else is slow, and not broken."""
GRAMMARS_KEPT = 24
"""Networks of phrases that an engine keeps beside the newest: one for each state and question of a practice."""


Texts = tuple[tuple[str, float], ...]
"""Texts that a turn may have been, likeliest first, with the share of each, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine made of a turn."""

    text: str
    """The words; empty where there were none."""
    final: bool
    """False for a partial result, which may still change."""
    log_prob: float
    """Mean natural log probability per token; 0 is certain."""
    no_speech: float
    """Probability, 0 to 1, that nobody spoke."""
    likely: Texts = ()
    """Texts that it may have been, ``text`` first, with the share of each, 0 to 1; empty where there is but one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase compared with a turn's sound."""

    phrase: str
    """The words."""
    total: float
    """Natural log probability of exactly these words, given the sound."""
    tokens: int = 1
    """Tokens it is the sum of, the end of the sentence among them."""
    prior: float = 0.0
    """The same without any sound: what the recognizer likes to hear anyway; 0 where it cannot tell."""

    @property
    def mean(self) -> float:
        """Mean natural log probability per token."""
        return self.total / self.tokens


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second, larger network makes of a turn."""

    texts: Texts
    """What it wrote down."""
    found: tuple[Found, ...]
    """The likeliest of its texts, then each phrase that it was asked about; without priors."""


class Recognizer(Protocol):
    """Words and scores of one turn after another."""

    @property
    def name(self) -> str:
        """Engine and model, for example ``whisper tiny.en``."""
        ...

    def wait_ready(self) -> None:
        """Return once the engine can hear; raises ``DeviceError`` for what is wrong with its model."""
        ...

    def expect(self, phrases: Sequence[str] | None) -> None:
        """From the next turn on, listen for a closed set of phrases beside free listening; or only freely."""
        ...

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Take speech of the present turn, float32[n] at 16 kHz; partial results may come back."""
        ...

    def settle(self, grammar: Grammar | None = None) -> None:
        """The turn may be over: begin on its transcript, and on the search of a network, without waiting.

        More speech may be fed, and undoes this.
        """
        ...

    def finish(self) -> list[Transcript]:
        """End the turn: its final transcript, last; later speech belongs to the next one."""
        ...

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """How well each phrase fits the turn just finished, in that order."""
        ...

    def search(self, grammar: Grammar) -> list[Found] | None:
        """The likeliest of all phrases of a network for the turn just finished, likeliest first; empty where none is
        worth a search, in long talk; ``None`` for an engine that cannot be held to a network.
        """
        ...

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        """What a second, larger network makes of the turn just finished, and of some phrases for it; None where there
        is no such network."""
        ...

    def close(self) -> None:
        """End the engine."""
        ...


def open_recognizer(
    engine: Engine, model: str | None, phrases: Iterable[str], *, answer_s: float = ANSWER_S
) -> Recognizer:
    """Start the engine that was asked for; it loads in parallel, see :meth:`Recognizer.wait_ready`.

    ``model`` is a name or a folder, ``None`` the best there is; every word of ``phrases`` must be known to a Vosk
    model. ``auto`` takes Vosk for what is early and Whisper for the rest where both are there, else the one that is.
    ``phrases`` is only looked at where there is a Vosk model, so it may be a generator that takes its time. An engine
    that gives no answer for ``answer_s`` seconds is started again. Raises ``DeviceError``.
    """
    words = _words(phrases)
    if engine == "auto" and model is not None:
        engine = _engine_of(model)
    if engine == "vosk":
        return _vosk(model, words, answer_s)
    if engine == "whisper":
        return _whisper(model, answer_s)
    return _automatic(words, answer_s)


def _engine_of(model: str) -> Engine:
    """Which engine a model is for: Whisper's folders have ``model.bin``, Vosk's names begin with its own."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return "whisper" if (folder / "model.bin").is_file() else "vosk"
    return "vosk" if folder.name.startswith("vosk") else "whisper"


def _words(phrases: Iterable[str]) -> Callable[[], list[str]]:
    """The single words of phrases, sorted, made when they are first asked for."""
    return cache(lambda: sorted({word for phrase in phrases for word in phrase.split()}))


def _vosk(model: str | None, words: Callable[[], list[str]], answer_s: float) -> ChildRecognizer:
    from voice.hearing.engines import ChildRecognizer
    from voice.hearing.models import find_vosk, vosk_missing

    folder = find_vosk(model, _later(words))
    if folder is None:
        raise vosk_missing()
    name = folder.parent.name if folder.name == "model" else folder.name
    engine = "voice.hearing.vosk_engine:VoskEngine"
    return ChildRecognizer(f"vosk {name}", engine, str(folder), words(), answer_s=answer_s)


def _whisper(model: str | None, answer_s: float) -> ChildRecognizer:
    from voice.hearing.engines import ChildRecognizer
    from voice.hearing.models import find_whisper, name_of, second_to

    folder = find_whisper(model)
    engine = "voice.hearing.whisper_engine:WhisperEngine"
    name = f"whisper {model or name_of(folder)}"
    return ChildRecognizer(name, engine, str(folder), second_to(folder), answer_s=answer_s)


def _automatic(words: Callable[[], list[str]], answer_s: float) -> Recognizer:
    """The engine chosen with ``attune model use``; else both where both are here; else the one that is."""
    from voice.hearing.engines import PairedRecognizer
    from voice.hearing.model_choice import remembered
    from voice.hearing.models import find_vosk

    choice = remembered()
    if choice.engine == "whisper":
        return _whisper(choice.model, answer_s)
    early = find_vosk(None, _later(words))
    if early is not None and (choice.engine == "vosk" or find_spec("ctranslate2") is None):
        return _vosk(str(early), words, answer_s)
    sure = _whisper(None, answer_s)
    if early is None:
        LOGGER.info("No Vosk model here knows our words: listening with %s.", sure.name)
        return sure
    return PairedRecognizer(_vosk(str(early), words, answer_s), sure)


def _later(words: Callable[[], list[str]]) -> Iterator[str]:
    """The words, not made before the first is looked at."""
    yield from words()
