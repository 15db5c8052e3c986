"""Whisper, in the child: a whole turn in, its words out, and phrases scored against its sound.

Scores of our 24 phrases by eight synthetic voices, near, each against five to nine rivals: the right phrase was best
in 192 of 192; its mean log probability -0.8 at the median and -2.7 at the 5th percentile, the best wrong one's -4.2
and -2.6 at the 95th, the lead 1.2 at the 5th. Written as a sentence ("Go on."), that is; in small letters without a
period 188 of 192.

One thread's processor time, from the end of a turn through transcript, search and scores, on "help us calm down",
"stop" and ten words of other talk, warm: 0.43, 0.37 and 0.67 s, of them the search 0.15, 0.14 and 0.29 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voice.hearing.features import RATE
from voice.hearing.phrase_paths import Paths
from voice.hearing.recognizer import GRAMMARS_KEPT, Found, Opinion, Transcript
from voice.hearing.whisper_decoder import Decoder
from voice.hearing.whisper_search import Begun, Search
from voice.hearing.whisper_second import Second
from voice.hearing.whisper_writer import Writer
from voice.understanding.grammar import Grammar

NO_LETTER = re.compile(r"[^a-z0-9']")
"""What a transcript has beside its words: signs and spaces."""
END = "<|endoftext|>"
NOBODY = 0.9
"""Probability that nobody spoke from which no phrase is looked for."""
NEVER = -20.0
"""The score where there is nothing to compare with, mean natural log probability."""


class WhisperEngine:
    """Transcribes one turn at a time and scores phrases against it."""

    def __init__(self, folder: str, second: str | None = None) -> None:
        """Load the model, and once it can hear the one in ``second``, for :meth:`second`; raises ``DeviceError`` where
        the first cannot be read."""
        self._writer = Writer(Path(folder))
        self._last: npt.NDArray[np.float32] | None = None
        self._decoder = Decoder(Path(folder))
        self._words = lru_cache(maxsize=4096)(self._word)
        self._ends = np.array([self._writer.token(END), *(self._word_id(sign) for sign in ".?!,")])
        self._decoder.know(self._ends.tolist())
        self._paths: dict[str, Paths] = {}
        self._encoded: npt.NDArray[np.float32] | None = None
        self._begun: Begun | None = None
        self._found: dict[str, list[Found]] = {}
        self._tokens = lru_cache(maxsize=512)(self._tokenize)
        self._begin()
        self._second = Second(Path(second)) if second else None

    def _begin(self) -> None:
        """Nothing is heard yet; take the first call's cost now: memory, threads and filters."""
        self._blocks: list[npt.NDArray[np.float32]] = []
        self._settled: Transcript | None = None
        self._fresh = True
        self._transcribe(np.zeros(RATE, np.float32))
        assert self._encoded is not None
        nothing = self._decoder.remember(self._encoded)
        self._decoder.know(self._writer.prompt)
        self._search = Search(self._decoder, self._writer.prompt, self._ends, nothing, self._spell)
        self._encoded = None

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Nothing to prepare: closed sets are scored after the turn."""

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Keep speech, float32[n] at 16 kHz; there are no partial results."""
        self._decoder.wake()
        if self._fresh:
            self._blocks, self._fresh = [], False
        self._settled = None
        self._blocks.append(block)
        return []

    def settle(self, key: str | None = None) -> None:
        """Transcribe what was fed so far and look for a network's phrases, in case that this is all; where its text is
        none of them, the second model begins to write beside it, and is not waited for then."""
        if self._settled is None and not self._fresh:
            self._settled = self._transcribe(np.concatenate(self._blocks))
            if key is not None:
                self._begin_second(self._paths[key])
                self.search(key)

    def _begin_second(self, paths: Paths) -> None:
        doubtful = self._may_be_of(paths) and not self._is_one_of(paths)
        if self._second is not None and self._last is not None and doubtful:
            self._second.begin(self._last)

    def finish(self) -> list[Transcript]:
        """The transcript of everything fed since the last turn."""
        if self._fresh:
            self._encoded = None
            return [Transcript("", final=True, log_prob=NEVER, no_speech=1.0)]
        self.settle()
        assert self._settled is not None
        self._fresh = True
        return [self._settled]

    def rest(self) -> None:
        """Nobody speaks: what is quickly read again is let go."""
        self._decoder.rest()

    def second(self, phrases: Sequence[str]) -> Opinion | None:
        """What the second model makes of the turn last transcribed, and of some phrases for it; None without one."""
        if self._second is None or self._encoded is None or self._last is None:
            return None
        return self._second.opinion(self._last, phrases)

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """Each phrase, given the sound of the turn last transcribed."""
        if self._encoded is None:
            return [Found(phrase, NEVER) for phrase in phrases]
        tokens = [self._tokens(phrase) for phrase in phrases]
        self._know(token for ids in tokens for token in ids)
        return self._search.weighed(tokens, phrases, self._turn())

    def learn(self, grammar: Grammar) -> None:
        """Keep a network of phrases for :meth:`search`."""
        self._paths = dict(list(self._paths.items())[-GRAMMARS_KEPT:])
        self._paths[grammar.key] = Paths(grammar, self._words)
        words = {word for steps in grammar.steps for word, *_ in steps if word}
        written = words | {word[:1].upper() + word[1:] for word in words}
        self._know(token for word in written for token in self._word(word))

    def search(self, key: str) -> list[Found]:
        """The likeliest phrases of a network for the turn last transcribed, or only its text where that is one of
        them; empty where nothing was heard, or it is surely none of them. The network must be learnt: ``KeyError``."""
        if self._encoded is None:
            return []
        if key not in self._found:
            self._found[key] = self._look_for(self._paths[key]) if self._may_be_of(self._paths[key]) else []
        return self._found[key]

    def _look_for(self, paths: Paths) -> list[Found]:
        if self._is_one_of(paths):  # what was written down freely needs no search, and 0.2 s less
            return self.score([" ".join(self._heard_words())])
        return self._search.found(paths, self._turn())

    def _heard_words(self) -> list[str]:
        return NO_LETTER.sub(" ", self._settled.text.lower() if self._settled else "").split()

    def _is_one_of(self, paths: Paths) -> bool:
        """Whether the text is one of a network's phrases, word for word."""
        words = self._heard_words()
        return bool(words) and paths.holds(words)

    def _may_be_of(self, paths: Paths) -> bool:
        """Whether a search is worth its time: not where nobody seems to have spoken, nor in long talk."""
        heard = self._settled
        return heard is None or (heard.no_speech < NOBODY and len(heard.text.split()) <= paths.most_words)

    def _know(self, tokens: Iterable[int]) -> None:
        """Have tokens compared; what was begun before is begun anew."""
        if self._decoder.know(tokens):
            self._search.begin_again()
            if self._begun is not None:
                self._begun = self._search.begun(self._begun.sound)

    def _turn(self) -> Begun:
        """The turn last transcribed, ready to be searched; made once."""
        assert self._encoded is not None
        if self._begun is None:
            self._begun = self._search.begun(self._decoder.remember(self._encoded))
        return self._begun

    def _spell(self, tokens: tuple[int, ...]) -> str:
        return str(self._writer.tokenizer.decode(list(tokens)))

    def _word(self, word: str) -> tuple[int, ...]:
        written = re.sub(r"^i(?=$|')", "I", word)
        return tuple(self._writer.tokenizer.encode(f" {written}", add_special_tokens=False).ids)

    def _word_id(self, sign: str) -> int:
        return int(self._writer.tokenizer.encode(sign, add_special_tokens=False).ids[0])

    def _transcribe(self, samples: npt.NDArray[np.float32]) -> Transcript:
        self._encoded, transcript = self._writer.write(samples)
        self._last, self._begun, self._found = samples, None, {}
        return transcript

    def _tokenize(self, phrase: str) -> tuple[int, ...]:
        return self._writer.tokens(phrase)
