"""Whisper by CTranslate2, in the child: a whole turn in, its words out, and phrases scored against its sound.

With what was taught (:mod:`voice.hearing.whisper_rooms`) the encoder gets a picture hardly wider than the turn: as
few words wrong as with 15 s, in a fifth of the time. Any other model gets 15 s, not the usual 30: a turn's picture is
filled with zeros to 1500 columns, longer turns to their length and 8 s more. Measured, before anything was taught, on
99 people reading (Common Voice, beam of 5, tiny.en int8, before leveling; 15.4 to 15.8 % with it): word error rate
15.3 % against 16.4 % with 30 s, encoding 0.16 to 0.31 s against 0.45 to 0.7 s. Shorter was not better: 10 s 21.2 %,
the turn and 1 s 32.3 % (it begins to repeat itself); zeros are put into the picture, not the sound (20.1 %).

Scores of our 24 phrases by eight synthetic voices, near, each against five to nine rivals: the right phrase was best
in 192 of 192; its mean log probability -0.8 at the median and -2.7 at the 5th percentile, the best wrong one's -4.2
and -2.6 at the 95th, the lead 1.2 at the 5th. Written as a sentence ("Go on."), that is; in small letters without a
period 188 of 192.

One thread's processor time, from the end of a turn through transcript, search and scores, on "help us calm down",
"stop" and ten words of other talk, warm: 0.43, 0.37 and 0.67 s, of them the search 0.15, 0.14 and 0.29 s.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.features import HOP, RATE, leveled, log_mel
from voice.hearing.phrase_paths import Paths
from voice.hearing.recognizer import GRAMMARS_KEPT, Found, Transcript
from voice.hearing.whisper_decoder import Decoder
from voice.hearing.whisper_rooms import taught, width_of
from voice.hearing.whisper_search import Begun, Search
from voice.understanding.grammar import Grammar

THREADS = 2
"""Always the same, whatever the machine has: sums in another order could change a score's last digit."""
BEAM = 5
"""Hypotheses followed at once; 1 is 0.1 s faster, and 18.8 % instead of 15.3 % of words are wrong."""
SHORTEST = 1500
"""Columns (10 ms each) that the encoder gets at least."""
MARGIN = 800
"""Columns of silence after a longer turn."""
LONGEST = 3000
"""Columns that the encoder can take."""
TOKENS_PER_S = 7
"""Nobody speaks faster, tokens a second; stops a decoder that repeats itself."""
MORE_TOKENS = 12
"""Tokens allowed on top of that."""
NO_LETTER = re.compile(r"[^a-z0-9']")
"""What a transcript has beside its words: signs and spaces."""
END = "<|endoftext|>"
NOBODY = 0.9
"""Probability that nobody spoke from which no phrase is looked for."""
NEVER = -20.0
"""The score where there is nothing to compare with, mean natural log probability."""


class WhisperEngine:
    """Transcribes one turn at a time and scores phrases against it."""

    def __init__(self, folder: str) -> None:
        """Load the model; raises ``DeviceError`` where CTranslate2 or its tokenizer is missing or cannot read it."""
        try:
            import ctranslate2
            import tokenizers
        except ImportError as error:
            raise DeviceError(
                f"Whisper is not installed ({error}).", "Type: pip install 'attune-voice[whisper]'"
            ) from error
        try:
            self._tokenizer = tokenizers.Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
            files = taught(Path(folder))
            self._is_taught = files is not None
            self._model: Any = ctranslate2.models.Whisper(
                folder,
                device="cpu",
                compute_type="int8",
                intra_threads=THREADS,
                inter_threads=1,
                files=files,
            )
        except Exception as error:  # both libraries raise bare Exception or RuntimeError for a file they cannot read
            raise DeviceError(
                f"The Whisper model in {folder} cannot be read.", "Install it anew, or name another."
            ) from error
        self._decoder = Decoder(Path(folder))
        self._words = lru_cache(maxsize=4096)(self._word)
        self._last = np.array([self._token(END), *(self._word_id(sign) for sign in ".?!,")])
        self._decoder.know(self._last.tolist())
        self._paths: dict[str, Paths] = {}
        self._encoded: npt.NDArray[np.float32] | None = None
        self._begun: Begun | None = None
        self._found: dict[str, list[Found]] = {}
        self._tokens = lru_cache(maxsize=512)(self._tokenize)
        self._storage = ctranslate2.StorageView.from_array
        self._prompt = [self._token("<|startoftranscript|>"), *self._language(), self._token("<|notimestamps|>")]
        self._begin()

    def _begin(self) -> None:
        """Nothing is heard yet; take the first call's cost now: memory, threads and filters."""
        self._blocks: list[npt.NDArray[np.float32]] = []
        self._settled: Transcript | None = None
        self._fresh = True
        self._transcribe(np.zeros(RATE, np.float32))
        assert self._encoded is not None
        nothing = self._decoder.remember(self._encoded)
        self._decoder.know(self._prompt)
        self._search = Search(self._decoder, self._prompt, self._last, nothing, self._spell)
        self._encoded = None

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Nothing to prepare: closed sets are scored after the turn."""

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Keep speech, float32[n] at 16 kHz; there are no partial results."""
        if self._fresh:
            self._blocks, self._fresh = [], False
        self._settled = None
        self._blocks.append(block)
        return []

    def settle(self, key: str | None = None) -> None:
        """Transcribe what was fed so far and look for a network's phrases, in case that this is all."""
        if self._settled is None and not self._fresh:
            self._settled = self._transcribe(np.concatenate(self._blocks))
            if key is not None:
                self.search(key)

    def finish(self) -> list[Transcript]:
        """The transcript of everything fed since the last turn."""
        if self._fresh:
            self._encoded = None
            return [Transcript("", final=True, log_prob=NEVER, no_speech=1.0)]
        self.settle()
        assert self._settled is not None
        self._fresh = True
        return [self._settled]

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
        them; empty where it was forgotten, or is surely none of them."""
        if self._encoded is None:
            return []
        if key not in self._found:
            self._found[key] = self._look_for(self._paths[key]) if self._may_be_of(self._paths[key]) else []
        return self._found[key]

    def _look_for(self, paths: Paths) -> list[Found]:
        words = NO_LETTER.sub(" ", self._settled.text.lower() if self._settled else "").split()
        if words and paths.holds(words):  # what was written down freely needs no search, and 0.2 s less
            return self.score([" ".join(words)])
        return self._search.found(paths, self._turn())

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
        return str(self._tokenizer.decode(list(tokens)))

    def _word(self, word: str) -> tuple[int, ...]:
        written = re.sub(r"^i(?=$|')", "I", word)
        return tuple(self._tokenizer.encode(f" {written}", add_special_tokens=False).ids)

    def _word_id(self, sign: str) -> int:
        return int(self._tokenizer.encode(sign, add_special_tokens=False).ids[0])

    def _transcribe(self, samples: npt.NDArray[np.float32]) -> Transcript:
        picture = log_mel(leveled(samples), self._width(len(samples) // HOP))
        encoded = self._model.encode(self._storage(picture[None]), to_cpu=True)
        self._encoded, self._begun, self._found = np.array(encoded, np.float32), None, {}
        found = self._model.generate(
            encoded,
            [self._prompt],
            beam_size=BEAM,
            num_hypotheses=BEAM,  # takes no longer than one
            max_length=len(samples) * TOKENS_PER_S // RATE + MORE_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        texts = [self._tokenizer.decode(ids).strip() for ids in found.sequences_ids]
        totals = [score * (len(ids) + 1) for score, ids in zip(found.scores, found.sequences_ids, strict=True)]
        return Transcript(
            texts[0],
            final=True,
            log_prob=float(found.scores[0]),
            no_speech=float(found.no_speech_prob),
            likely=_shares(texts, totals),
        )

    def _width(self, columns: int) -> int:
        """Columns of the picture for a turn of so many."""
        narrow = width_of(columns) if self._is_taught else None
        return narrow or min(LONGEST, max(SHORTEST, columns + MARGIN))

    def _tokenize(self, phrase: str) -> tuple[int, ...]:
        written = re.sub(r"\bi\b", "I", phrase)
        encoded = self._tokenizer.encode(f" {written[:1].upper()}{written[1:]}", add_special_tokens=False)
        return tuple(encoded.ids)

    def _token(self, name: str) -> int:
        token = self._tokenizer.token_to_id(name)
        if token is None:
            raise DeviceError(
                f"The Whisper model's tokenizer has no {name}.", "Name another model, or leave --model out."
            )
        return int(token)

    def _language(self) -> list[int]:
        """English and transcription, for models that know more than one language."""
        return [self._token("<|en|>"), self._token("<|transcribe|>")] if self._model.is_multilingual else []


def _shares(texts: Sequence[str], totals: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """The likeliest texts of a turn with their shares, 0 to 1; ``totals`` are their natural log probabilities."""
    weights = [math.exp(total - max(totals)) for total in totals]
    return tuple((text, round(weight / sum(weights), 3)) for text, weight in zip(texts, weights, strict=True))
