"""Words that stand for what no sentence file can list: any time, any number, and the two's own signal."""

from __future__ import annotations

from collections.abc import Sequence

from voice.events import Event, Ignored, Understood
from voice.keeping.keeper import Keeper
from voice.understanding.recognition import AMID

A_TIME = "a time"
"""The answer that stands for any time in words."""
A_NUMBER = "a number"
"""The answer that stands for any number from one to ten."""
PARTS = ("morning", "evening", "bedtime", "today", "tomorrow", "later", "now")
"""Answers that a whole time may have in it: "tomorrow at nine"."""


def as_answer(event: Event, expected: Sequence[str], keeper: Keeper, t: float, *, tries_signal: bool = False) -> Event:
    """The same event, or what the last words stand for.

    Their own signal asks for space in any state, unless they have just chosen it and try it. Where a time or a number
    is asked for, words that say one are that answer; other answers, controls and words of danger stay. Words count
    once: a noise after them is no answer.
    """
    if not isinstance(event, Ignored | Understood) or not keeper.read_once():
        return event
    if isinstance(event, Ignored) and event.why == AMID:
        return event
    if not tries_signal and keeper.said_signal():
        keeper.hear("")
        return Understood(t=event.t, intent="Signal", practice="time-out", control="need-space", starts=True)
    if A_NUMBER in expected and isinstance(event, Ignored) and keeper.said_number():
        return Understood(t=event.t, intent="Number", answer=A_NUMBER)
    if A_TIME in expected and _may_be_time(event) and keeper.says_time(t, exact=_is_whole(event)):
        return Understood(t=event.t, intent="Time", answer=A_TIME)
    return event


def _may_be_time(event: Ignored | Understood) -> bool:
    if isinstance(event, Ignored) or event.answer in PARTS:
        return True
    return not (event.answer or event.control or event.safety)


def _is_whole(event: Ignored | Understood) -> bool:
    """Whether the words are an answer already, unless a clock time is said with it."""
    return isinstance(event, Understood) and event.answer != "later"
