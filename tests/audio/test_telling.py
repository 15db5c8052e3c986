"""While somebody tells something it is silent, and it answers neither too soon nor too late: by sound, sample clock."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks.turns import LONGEST_S, WHOLE_LONGEST_S, Result, Story, answer, said, tell
from voice.hearing.recognizer import Found, Transcript
from voice.understanding.grammar import Grammar

VOICE = "espeak-ng:en-us"


class Knows:
    """A recognizer that is told what will be said, as Whisper would write it, and how sure it is of it."""

    name = "told"

    def __init__(self, *texts: tuple[str, float]) -> None:
        self._transcripts = [Transcript(text, True, log_prob, 0.0) for text, log_prob in texts]

    def wait_ready(self) -> None:
        """Always ready."""

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Nothing to change."""

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Nothing before the end."""
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        """Nothing to begin on."""

    def finish(self) -> list[Transcript]:
        """What was said."""
        return [self._transcripts.pop(0) if self._transcripts else Transcript("", True, 0.0, 1.0)]

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """All fit."""
        return [Found(phrase, 0.0) for phrase in phrases]

    def search(self, grammar: Grammar) -> list[Found]:
        """It cannot be held to phrases."""
        return []

    def second(self, phrases: Sequence[str]) -> None:
        """There is no second one."""

    def close(self) -> None:
        """Nothing to end."""


@pytest.mark.parametrize(
    ("first", "pause_s", "written", "log_prob"),
    [
        ("That made me sad.", WHOLE_LONGEST_S, "That made me sad.", -0.1),
        ("I was so tired and", LONGEST_S, "I was so tired and...", -0.1),
        ("I thought about us but", LONGEST_S, "I thought I'm out of smoke.", -0.43),
    ],
)
def test_nobody_is_cut_off_in_a_pause(first: str, pause_s: float, written: str, log_prob: float) -> None:
    """Not after a whole sentence, nor one broken off, nor one that was badly heard; at the end it waits 3 to 5 s."""
    last = "Your mother called on Tuesday."
    silence = np.zeros(round(pause_s * 16_000), np.float32)
    tale = Story(np.concatenate([said(first, VOICE), silence, said(last, VOICE)]), (pause_s,))
    result = Result()
    tell(Knows((written, log_prob), (last, -0.1)), tale, 1, result)
    assert not result.cut_off
    assert 3.0 < result.waited_s[0] < 5.0


def test_a_closed_answer_is_followed_neither_at_once_nor_late() -> None:
    """By 0.8 to 1.5 s."""
    result = Result()
    answer(Knows(("Yes.", -0.1)), "yes", VOICE, 1, result)
    assert 0.8 < result.waited_s[0] < 1.5
