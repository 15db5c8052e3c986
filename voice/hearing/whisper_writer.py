"""A Whisper model by CTranslate2: a whole turn in, its words out.

With what was taught (:mod:`voice.hearing.whisper_rooms`) the encoder gets a picture hardly wider than the turn: as
few words wrong as with 15 s, in a fifth of the time. Any other model gets 15 s, not the usual 30: a turn's picture is
filled with zeros to 1500 columns, longer turns to their length and 8 s more. Measured, before anything was taught, on
99 people reading (Common Voice, beam of 5, tiny.en int8, before leveling; 15.4 to 15.8 % with it): word error rate
15.3 % against 16.4 % with 30 s, encoding 0.16 to 0.31 s against 0.45 to 0.7 s. Shorter was not better: 10 s 21.2 %,
the turn and 1 s 32.3 % (it begins to repeat itself); zeros are put into the picture, not the sound (20.1 %).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.errors import DeviceError
from voice.hearing.features import BANDS, HOP, RATE, leveled, log_mel
from voice.hearing.recognizer import Found, Transcript
from voice.hearing.whisper_rooms import lay_out, width_of
from voice.scratch import scratch_folder

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
ASKING = re.compile(
    r"(what|how|who|where|when|why|which|is|are|can|could|may|do|does|shall|should|would|will)\b", re.IGNORECASE
)
"""Beginnings of sentences that Whisper ends with a question mark."""
ANOTHER = "Install it anew, or name another: attune model list."
"""What to do about a model that cannot be used."""
LEAST = 1e-30
"""Of a token's probability: it has a logarithm."""


class Writer:
    """Writes down one turn after another."""

    def __init__(self, folder: Path) -> None:
        """Load the model; raises ``DeviceError`` where CTranslate2 or its tokenizer is missing or cannot read it."""
        try:
            import ctranslate2
            import tokenizers
        except ImportError as error:
            raise DeviceError(
                f"Whisper is not installed ({error}).", "Type: pip install 'attune-voice[whisper]'"
            ) from error
        try:
            self.tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
            with scratch_folder("model") as place:  # given in memory, all of it would be kept there
                self._is_taught = lay_out(folder, place)
                self._model: Any = ctranslate2.models.Whisper(
                    str(place), device="cpu", compute_type="int8", intra_threads=THREADS, inter_threads=1
                )
        except OSError as error:
            raise DeviceError(
                f"The Whisper model in {folder} cannot be copied to be loaded ({error.strerror or error}).",
                "Free 150 MB in the folder for temporary files, or set TMPDIR to another.",
            ) from error
        except Exception as error:  # both libraries raise bare Exception or RuntimeError for a file they cannot read
            raise DeviceError(f"The Whisper model in {folder} cannot be read.", ANOTHER) from error
        if self._model.n_mels != BANDS:  # the large ones from version 3 on
            raise DeviceError(f"The Whisper model in {folder} sees {self._model.n_mels} bands, not {BANDS}.", ANOTHER)
        self._storage = ctranslate2.StorageView.from_array
        self.prompt = [self.token("<|startoftranscript|>"), *self._language(), self.token("<|notimestamps|>")]

    def write(self, samples: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], Transcript]:
        """The encoding, float32[1, frames, width], and the words of a turn, float32[n] at 16 kHz."""
        picture = log_mel(leveled(samples), self._width(len(samples) // HOP))
        encoded = self._model.encode(self._storage(picture[None]), to_cpu=True)
        found = self._model.generate(
            encoded,
            [self.prompt],
            beam_size=BEAM,
            num_hypotheses=BEAM,  # takes no longer than one
            max_length=len(samples) * TOKENS_PER_S // RATE + MORE_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        texts = [self.tokenizer.decode(ids).strip() for ids in found.sequences_ids]
        totals = [score * (len(ids) + 1) for score, ids in zip(found.scores, found.sequences_ids, strict=True)]
        transcript = Transcript(
            texts[0],
            final=True,
            log_prob=float(found.scores[0]),
            no_speech=float(found.no_speech_prob),
            likely=_shares(texts, totals),
        )
        return np.array(encoded, np.float32), transcript

    def scored(self, encoded: npt.NDArray[np.float32], phrases: Sequence[str]) -> list[Found]:
        """How well each phrase fits an encoding of :meth:`write`; 8 ms a phrase for a turn of a word or two. One by
        one: several at once take as long, and memory for each."""
        sound = self._storage(encoded)
        return [self._scored(sound, encoded.shape[1], phrase) for phrase in phrases]

    def _scored(self, sound: Any, frames: int, phrase: str) -> Found:
        bare = phrase.strip().rstrip(".?!,")
        row = [*self.tokens(bare), self.token("?" if ASKING.match(bare) else ".")]
        (aligned,) = self._model.align(sound, self.prompt[:-1], [row], frames)  # adds the prompt's last by itself
        return Found(phrase, sum(math.log(max(chance, LEAST)) for chance in aligned.text_token_probs), len(row))

    def tokens(self, phrase: str) -> tuple[int, ...]:
        """A phrase as Whisper begins sentences: with a space and a capital ("Go on")."""
        written = re.sub(r"\bi\b", "I", phrase)
        encoded = self.tokenizer.encode(f" {written[:1].upper()}{written[1:]}", add_special_tokens=False)
        return tuple(encoded.ids)

    def _width(self, columns: int) -> int:
        """Columns of the picture for a turn of so many."""
        narrow = width_of(columns) if self._is_taught else None
        return narrow or min(LONGEST, max(SHORTEST, columns + MARGIN))

    def token(self, name: str) -> int:
        """The number of a token by its name or sign; raises ``DeviceError`` for a tokenizer that has none."""
        token = self.tokenizer.token_to_id(name)
        if token is None:
            raise DeviceError(
                f"The Whisper model's tokenizer has no {name}.", "Name another model, or leave --model out."
            )
        return int(token)

    def _language(self) -> list[int]:
        """English and transcription, for models that know more than one language."""
        return [self.token("<|en|>"), self.token("<|transcribe|>")] if self._model.is_multilingual else []


def _shares(texts: Sequence[str], totals: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """The likeliest texts of a turn with their shares, 0 to 1; ``totals`` are their natural log probabilities."""
    weights = [math.exp(total - max(totals)) for total in totals]
    return tuple((text, round(weight / sum(weights), 3)) for text, weight in zip(texts, weights, strict=True))
