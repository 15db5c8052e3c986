"""One person's turn to speak: when it begins, how long silence is waited out, and when it is over. Pure: times
come with events.
"""

from __future__ import annotations

from collections.abc import Mapping

from voice.guiding import effects as do
from voice.guiding.effects import Effect

NO_WORD_S = 8.0
"""Silence at the start of a turn after which one sentence says that nobody need speak."""
AFTER_WORDS_S = 4.3
"""Silence that ends a turn once they have spoken; people pause up to 3 s inside what they tell, and half a second more
goes by before it is noticed."""
BROKEN_OFF_S = 8.0
"""The same after sobbing or a sentence that was broken off."""
UNSURE_S = 6.0
"""The same where it is not sure what was said: it may have been broken off."""
MAYBE = 0.1
"""Probability that a sentence was broken off from which it is waited longer; from a half on, as long as if it were."""
SURE = 0.7
"""Confidence from which words count as heard; three in four sentences that people read lie above it."""
DONE_S = 2.0
"""Silence that "I'm done" needs in the first half of a turn, so that one cannot end the other's turn."""
LIMIT_NEAR_S = 15.0
"""A gentle tone sounds this long before the limit."""
GIVEN_BACK_S = 15.0
"""What an interruption costs is given back."""
MORE_TIME_S = 60.0
"""What "I need more time" adds."""
THINKING_S = 30.0
"""Silence that is waited out after it, in a turn and at a question."""

GOES_ON = frozenset(
    (
        *(
            "and",
            "but",
            "or",
            "because",
            "so",
            "that",
            "if",
            "when",
            "while",
            "although",
            "since",
            "as",
            "like",
            "than",
        ),
        *("i", "you", "we", "he", "she", "they", "it", "the", "a", "an", "my", "your", "our"),
        *("to", "of", "in", "on", "at", "for", "with", "about", "from", "just", "very", "really", "um", "uh", "er"),
        *("is", "are", "was", "were", "am", "be", "been", "have", "has", "had", "do", "does", "did", "not"),
        *("cause", "end"),  # as "because" and "and" are heard at the end of what is broken off
    )
)
"""Words that hardly end a sentence: who stops after one of them has broken off."""


class TurnTaking:
    """The turn of one person."""

    def __init__(self, limit_s: float, now_s: float) -> None:
        """A turn that begins now and lasts at most ``limit_s`` seconds."""
        self._left_s = limit_s
        self._half_s = limit_s / 2
        self._since_s = now_s
        self._patience_s = AFTER_WORDS_S
        self._spoken = False
        self.reassured = False
        """Whether it was said that nobody need speak, or to take one's time; at most once a turn."""

    def begin(self, now_s: float, *, talking: bool = False) -> list[Effect]:
        """Start, or go on after something was said beside it; ``talking`` where somebody has begun to speak already."""
        self._since_s = now_s
        near = self._left_s - LIMIT_NEAR_S
        tone: list[Effect] = [do.SetTimer("limit-near", near)] if near > LIMIT_NEAR_S else []
        waits = self.speech_begins() if talking else [do.SetTimer("silence", NO_WORD_S)]
        return [do.SetTimer("limit", self._left_s), *tone, *waits]

    @property
    def left_s(self) -> float:
        """Seconds that it may still last, once it was interrupted."""
        return self._left_s

    def interrupt(self, now_s: float, given_back_s: float = 0.0) -> None:
        """Something is said beside it; the clock stands still until ``begin``."""
        self._left_s = max(1.0, self._left_s - (now_s - self._since_s)) + given_back_s
        self._since_s = now_s

    def speech_begins(self) -> list[Effect]:
        """They speak: nothing waits for their silence."""
        self._spoken = True
        self._patience_s = AFTER_WORDS_S
        return [do.CancelTimer("silence"), do.CancelTimer("done")]

    def speech_ends(self) -> list[Effect]:
        """They are silent: wait whether they go on."""
        return [do.SetTimer("silence", self._patience_s)]

    def words(self, text: str, confidence: float = 1.0, endings: Mapping[str, float] | None = None) -> list[Effect]:
        """What was just said, looked at only for whether it was broken off; no words at all are sobbing or laughing.

        ``endings``: what the last word may have been and how probable each is, where there is more than one.
        """
        words = text.lower().rstrip(".!?… ").split()
        last = endings or {words[-1].strip(",;"): 1.0} if words else {"": 1.0}
        broken_off = sum(chance for word, chance in last.items() if word in GOES_ON or not word)
        if broken_off < MAYBE and confidence >= SURE:
            return []
        self._patience_s = BROKEN_OFF_S if broken_off >= 0.5 else UNSURE_S
        return [do.SetTimer("silence", self._patience_s)]

    def silence(self) -> str | None:
        """Silence has lasted: the response to give once, or ``None`` if the turn is over."""
        if self.reassured or (self._spoken and self._patience_s < BROKEN_OFF_S):
            return None
        self.reassured = True
        return "TakeYourTime" if self._spoken else "NoNeedTo"

    def done(self, now_s: float) -> list[Effect] | None:
        """They say that they are done: ``None`` if that ends the turn now, else what to wait for."""
        early = self._left_s - (now_s - self._since_s) > self._half_s
        return [do.SetTimer("done", DONE_S)] if early else None

    def more_time(self, now_s: float) -> list[Effect]:
        """They ask for more time."""
        self.interrupt(now_s, MORE_TIME_S)
        return [*self.begin(now_s), do.SetTimer("silence", THINKING_S)]
