"""Pairs of pictures: what was said close by, and what a microphone across a room gets of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve
from tokenizers import Tokenizer

from benchmarks.hearing_parts.sounds import RATE, TRAINING, Sound, household, loudness_of, portion, read, rms
from benchmarks.whisper_rooms.voices import SHARES, Said
from voice.hearing.features import HOP, leveled, log_mel
from voice.hearing.whisper_rooms import WIDTHS, width_of

FULL, FULL_EVERY, FULL_BATCH = WIDTHS[-1], 30, 2
"""One example in thirty is as wide as that of a long turn, so that the empty part of a picture keeps its meaning."""
BATCH_COLUMNS = 4800
"""Columns of a batch, about."""
TOKENS = 26
"""Of a text, with what goes before and after."""
ELSEWHERE = 0.15
"""Weight of the encoding where nobody speaks."""
Batch = tuple[npt.NDArray[np.generic], ...]
"""Pictures near and far float32[n, 80, columns], tokens int32[n, 26], their weights float32[n, 26], and the
encoding's float32[n, columns / 2]."""


class Examples:
    """An endless stream of batches."""

    def __init__(
        self, pools: dict[str, list[Said]], speech: Path, tokenizer: Tokenizer, seed: int, *, many_languages: bool
    ) -> None:
        """``pools`` by the kinds of ``SHARES``; rooms and noises are the training's half. ``many_languages``: whether
        the model has to be told that it is English."""
        self._pools = pools
        self._rng = np.random.default_rng(seed)
        self._rooms = [_direct(read(path)) for path in portion(sorted(speech.glob("room/*.flac")), TRAINING)]
        self._noises = [read(path) for path in portion(household(speech), TRAINING)]
        self._tokenizer = tokenizer
        language = ("<|en|>", "<|transcribe|>") if many_languages else ()
        names = ("<|startoftranscript|>", *language, "<|notimestamps|>", "<|endoftext|>")
        self.special = tuple(tokenizer.token_to_id(name) for name in names)

    def batches(self) -> Iterator[Batch]:
        """Batches of examples of one width."""
        waiting: dict[int, list[Batch]] = {columns: [] for columns in WIDTHS}
        number = 0
        while True:
            number += 1
            near, far, said, tokens = self._example()
            wide = number % FULL_EVERY == 0
            columns = FULL if wide else width_of(len(near) // HOP)
            if columns is None or len(tokens) > TOKENS - 5:
                continue
            group = waiting[columns]
            group.append(self._row(near, far, said, tokens, columns))
            if len(group) >= (FULL_BATCH if columns == FULL else max(6, min(20, BATCH_COLUMNS // columns))):
                yield tuple(np.stack(parts) for parts in zip(*group, strict=True))
                group.clear()

    def tokens(self, text: str) -> list[int]:
        """A text as Whisper would write it."""
        written = re.sub(r"\bi\b", "I", " ".join(text.split()))
        written = written[:1].upper() + written[1:] + ("" if written[-1:] in ".?!," else ".")
        return list(self._tokenizer.encode(f" {written}", add_special_tokens=False).ids) if text else []

    def _row(self, near: Sound, far: Sound, said: slice, tokens: list[int], columns: int) -> Batch:
        *before, end = self.special
        ids = [*before, *tokens, end]
        row = np.full(TOKENS, end, np.int32)
        row[: len(ids)] = ids
        counts = np.zeros(TOKENS, np.float32)
        counts[len(before) - 1 : len(ids) - 1] = float(bool(tokens))
        places = np.full(columns // 2, ELSEWHERE, np.float32)
        places[said] = 1.0
        return log_mel(leveled(near), columns), log_mel(leveled(far), columns), row, counts, places

    def _example(self) -> tuple[Sound, Sound, slice, list[int]]:
        """Near, far, the places of the encoding (20 ms each) where somebody speaks, and the words."""
        rng = self._rng
        said = self._anybody()
        before, after = int(rng.uniform(0.15, 0.6) * RATE), int(rng.uniform(0.25, 0.9) * RATE)
        near = np.pad(said.samples, (before, after))
        far = near if rng.random() < 0.1 else self._far(near)
        spoken = slice(max(0, before // (2 * HOP) - 3), (before + len(said.samples)) // (2 * HOP) + 4)
        return near, far.astype(np.float32), spoken, self.tokens(said.text)

    def _anybody(self) -> Said:
        pool = self._pools[str(self._rng.choice(list(SHARES), p=list(SHARES.values())))]
        return pool[self._rng.integers(len(pool))]

    def _far(self, near: Sound) -> Sound:
        """A room, a noise, a level, sometimes clipping or a narrow band; 16 bits."""
        rng, far = self._rng, near
        if rng.random() < 0.6:
            room = self._rooms[rng.integers(len(self._rooms))] if rng.random() < 0.5 else _made_room(rng)
            far = fftconvolve(near, room)[: len(near)]
        level = 10 ** (-rng.uniform(12, 52) / 20)
        far = far * (level / max(loudness_of(far), 1e-6))
        if rng.random() < 0.8:
            far = far + self._noise(len(far)) * level * 10 ** (-rng.uniform(1, 26) / 20)
        else:
            far = far + rng.standard_normal(len(far)) * level * 10 ** (-35 / 20)
        chance = rng.random()
        if chance < 0.05:
            far = np.clip(far, -0.9 * level, 0.9 * level)
        elif chance < 0.12:
            bins = np.fft.rfft(far)
            bins[int(len(bins) * rng.uniform(0.4, 0.6)) :] = 0
            far = np.fft.irfft(bins, len(far))
        return np.round(np.clip(far, -1.0, 1.0) * 32767) / 32767

    def _noise(self, frames: int) -> Sound:
        """A household's noise, a hiss of some color, or others talking in another room; RMS 1."""
        rng, chance = self._rng, self._rng.random()
        if chance < 0.62:
            noise = self._noises[rng.integers(len(self._noises))]
            noise = np.tile(noise, -(-(frames + 1) // len(noise)))
            start = rng.integers(len(noise) - frames)
            noise = noise[start : start + frames]
        elif chance < 0.78:
            hertz = np.fft.rfftfreq(frames, 1 / RATE) + 20
            noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(frames)) * hertz ** -rng.uniform(0, 1.2), frames)
        else:
            noise = np.zeros(frames)
            for _ in range(rng.integers(1, 5)):
                voice = self._anybody().samples
                start = rng.integers(frames)
                many = min(len(voice), frames - start)
                noise[start : start + many] += voice[:many] * rng.uniform(0.3, 1)
            noise = fftconvolve(noise, _made_room(rng))[:frames]
        return noise / (rms(noise) + 1e-9)


def _direct(response: Sound) -> Sound:
    """A response from its loudest moment on, so that near and far lie over each other; unit energy."""
    response = response[int(np.argmax(np.abs(response))) :]
    return response / np.sqrt(np.sum(response**2))


def _made_room(rng: np.random.Generator) -> Sound:
    """A room by formula: a direct sound and noise that dies away, RT60 of 0.2 to 0.9 s, darker than it came."""
    rt60_s = rng.uniform(0.2, 0.9)
    frames = int(min(rt60_s, 0.7) * RATE)
    tail = rng.standard_normal(frames) * np.exp(-6.9 * np.arange(frames) / RATE / rt60_s)
    hertz = np.fft.rfftfreq(frames, 1 / RATE)
    tail = np.fft.irfft(np.fft.rfft(tail) / np.sqrt(1 + (hertz / rng.uniform(1500, 7000)) ** 2), frames)
    tail[: int(rng.uniform(0.001, 0.006) * RATE)] = 0
    tail *= 10 ** (-rng.uniform(-6, 10) / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1
    return tail.astype(np.float32)
