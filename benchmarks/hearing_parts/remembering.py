"""What the recognizer made of each turn, kept so that decisions can be tried again without it.

The encoded sound of a turn is kept too: when understanding asks for a phrase that was never scored, only that is done.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.hearing_parts.items import ROOT
from voice.hearing.recognizer import GRAMMARS_KEPT, Found, Opinion, Transcript
from voice.understanding.grammar import Grammar

HEARING = Path("voice") / "hearing"
LOADED = tuple(
    HEARING / name for name in ("features.py", "whisper_writer.py", "whisper_rooms.py", "whisper_weights.py")
)
SECOND = (*LOADED, HEARING / "whisper_second.py", HEARING / "whisper_rooms_base.npz")
"""Files of which any change makes worthless what the second network wrote."""
EAR = (*LOADED, HEARING / "whisper_engine.py", HEARING / "whisper_rooms_tiny.en.npz")
"""Files of which any change makes worthless what was heard in a turn."""
FRONT = (*EAR, HEARING / "turns.py", HEARING / "loudness.py", Path("benchmarks") / "hearing_parts" / "sounds.py")
"""The same for which turns there are in a recording."""
SEARCH = tuple(HEARING / name for name in ("phrase_paths.py", "whisper_search.py", "whisper_decoder.py"))
"""The same for which phrases are found in a turn, and how well they fit."""
NOTHING = Grammar("", (), (), frozenset(), frozenset())
"""Where nothing may be said."""


@dataclass(slots=True)
class Known:
    """What the recognizer said of one turn."""

    transcript: Transcript
    scores: dict[str, Found] = field(default_factory=dict)
    """Phrases that were asked for, each with the state of the search."""
    searches: dict[str, list[Found]] = field(default_factory=dict)
    """What was found of each network, by its key and the same."""


class Remembering:
    """An engine that remembers turns it has heard before."""

    def __init__(self, engine: Any, scratch: Path) -> None:
        """``engine``: in this process; ``scratch``: where to keep what it said."""
        self.name = type(engine).__name__
        self.engine = engine
        self._folder = scratch / "turns"
        self._folder.mkdir(parents=True, exist_ok=True)
        self._blocks: list[npt.NDArray[np.float32]] = []
        self.digest = ""
        self._learnt: list[str] = []
        self.known: Known | None = None
        self.replayed: Callable[[], npt.NDArray[np.float32]] | None = None
        """Gives the turn's samples, which are not kept: the same array each time, so that it is written down once."""

    def wait_ready(self) -> None:
        """It is."""

    def expect(self, phrases: Sequence[str] | None) -> None:
        """See :class:`Recognizer`."""
        self.engine.expect(phrases)

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Keep it."""
        self._blocks.append(block)
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        """Nothing is begun early."""

    def finish(self) -> list[Transcript]:
        """What was said of the same sound before, or is said now."""
        if not self._blocks:
            return [Transcript("", final=True, log_prob=-20.0, no_speech=1.0)]
        sound = np.concatenate(self._blocks)
        self._blocks = []
        self.replayed = lambda: sound
        if not self.recall(hashlib.sha1(sound.tobytes() + ear().encode()).hexdigest()):
            self.engine.feed(sound)
            self.known = Known(self.engine.finish()[-1])
            np.save(self._path(".npy"), self.engine._encoded)
            self._keep()
        assert self.known is not None
        return [self.known.transcript]

    def recall(self, digest: str) -> bool:
        """Be as after hearing a turn; False if it was never heard."""
        self.digest, self.known, self.engine._encoded = digest, None, None
        if self._path(".pickle").is_file():
            self.known = pickle.loads(self._path(".pickle").read_bytes())
        return self.known is not None

    def search(self, grammar: Grammar) -> list[Found]:
        """What was found before, or is found now."""
        assert self.known is not None
        if grammar is NOTHING:
            return []
        key = grammar.key + searching()
        if key not in self.known.searches:
            self._wake()
            if grammar.key not in self._learnt:
                self.engine.learn(grammar)
                self._learnt = [*self._learnt[-GRAMMARS_KEPT:], grammar.key]
            self.known.searches[key] = self.engine.search(grammar.key)
            self._keep()
        return self.known.searches[key]

    def _wake(self) -> None:
        """Give the engine the turn's sound again."""
        if self.engine._encoded is None:
            self.engine._encoded, self.engine._begun, self.engine._found = np.load(self._path(".npy")), None, {}

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """Scores of phrases, only the new ones by the engine."""
        assert self.known is not None
        known, state = self.known.scores, searching()
        missing = [phrase for phrase in phrases if phrase + state not in known]
        if missing:
            self._wake()
            known |= {one.phrase + state: one for one in self.engine.score(missing)}
            self._keep()
        return [known[phrase + state] for phrase in phrases]

    def _path(self, suffix: str) -> Path:
        return self._folder / (self.digest + suffix)

    def _keep(self) -> None:
        self._path(".pickle").write_bytes(pickle.dumps(self.known))

    def second(self, phrases: Sequence[str]) -> Opinion:
        """What the second network made of it before, or makes now."""
        path = self._path(f".{seconding()[:8]}.second")
        known: Opinion | None = pickle.loads(path.read_bytes()) if path.is_file() else None
        found = {one.phrase: one for one in known.found[1:]} if known else {}
        missing = [phrase for phrase in phrases if phrase not in found]
        if known is None or missing:
            ask = self.engine.second  # ``Silent`` has none
            assert self.replayed is not None
            self.engine._last = self.replayed()
            self._wake()
            known = ask(missing)
            found |= {one.phrase: one for one in known.found[1:]}
            path.write_bytes(pickle.dumps(Opinion(known.texts, (known.found[0], *found.values()))))
        return Opinion(known.texts, (known.found[0], *(found[phrase] for phrase in phrases)))

    def close(self) -> None:
        """Nothing to end."""


@cache
def front() -> str:
    """Names the state of everything that says which turns there are, and what is heard in them."""
    return _hash(FRONT)


@cache
def ear() -> str:
    """Names the state of everything between a turn's samples and the recognizer's text."""
    return _hash(EAR)


@cache
def seconding() -> str:
    """Names the state of the second network."""
    return _hash(SECOND)


@cache
def searching() -> str:
    """Names the state of the search."""
    return _hash(SEARCH)


def _hash(files: Sequence[Path]) -> str:
    text = b"".join((ROOT / name).read_bytes() for name in files)
    return hashlib.sha1(text).hexdigest()
