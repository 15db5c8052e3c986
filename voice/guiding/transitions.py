"""The conversation's states, and the one table of what leads from which to which.

The diagram in docs/architecture.md is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a conversation can stand; the names are what ``when:`` in an intent file refers to."""

    IDLE = "idle"
    """Nothing is going on; Attune listens for a start."""
    GUIDING = "guiding"
    """A segment is being played."""
    ASKING = "asking"
    """A question was asked, or is being asked; one of its answers is awaited."""
    LISTENING = "turn"
    """Somebody has their turn to speak."""
    PAUSED = "paused"
    """Silent until "go on"."""
    ANSWERING = "answering"
    """A question beside the practice is being answered ("how long?")."""


@dataclass(frozen=True, slots=True)
class Transition:
    """What one trigger does in one state."""

    action: str
    """The method of ``Conversation`` that carries it out."""
    to: tuple[State, ...]
    """Every state that it may lead to."""


_STEP = (State.GUIDING, State.ASKING, State.LISTENING, State.IDLE)
_BUSY = (State.GUIDING, State.ASKING, State.LISTENING)
_ACTIVE = (*_BUSY, State.PAUSED, State.ANSWERING)


def _in(states: tuple[State, ...], trigger: str, action: str, *to: State) -> dict[tuple[State, str], Transition]:
    """The same transition from several states; without ``to`` each state leads to itself."""
    return {(state, trigger): Transition(action, to or (state,)) for state in states}


TRANSITIONS: dict[tuple[State, str], Transition] = {
    **_in((State.IDLE,), "start", "start", *_STEP),
    **_in((State.IDLE,), "what-can-i-say", "start", *_STEP),
    **_in(_ACTIVE, "stop", "stop", State.IDLE),
    **_in(_ACTIVE, "cancel", "stop", State.IDLE),
    **_in(_BUSY, "pause", "pause", State.PAUSED),
    **_in((State.ANSWERING,), "pause", "pause", State.PAUSED),
    **_in((State.PAUSED,), "go-on", "go_on", *_BUSY),
    **_in((State.PAUSED,), "timer:pause", "let_go", State.IDLE),
    **_in(_BUSY, "again", "again", *_BUSY),
    **_in(_BUSY, "skip", "proceed", *_STEP),
    **_in((State.GUIDING, State.PAUSED), "slower", "slower"),
    **_in((State.GUIDING, State.PAUSED), "faster", "faster"),
    **_in(_ACTIVE, "softer", "softer"),
    **_in(_ACTIVE, "louder", "louder"),
    **_in((*_BUSY, State.PAUSED), "how-long", "say_time_left", State.ANSWERING),
    **_in((*_BUSY, State.PAUSED), "what-can-i-say", "say_controls", State.ANSWERING),
    **_in((State.ANSWERING,), "finished", "return_to_practice", *_BUSY, State.PAUSED),
    **_in((State.GUIDING,), "finished", "proceed", *_STEP),
    **_in((State.ASKING,), "finished", "await_answer"),
    **_in((State.ASKING,), "speech-start", "somebody_speaks"),
    **_in((State.ASKING,), "speech-end", "await_answer"),
    **_in((State.ASKING,), "answer", "take_answer", *_STEP),
    **_in((State.ASKING,), "timer:silence", "take_silence", *_STEP),
    **_in((State.LISTENING,), "finished", "begin_turn"),
    **_in((State.LISTENING,), "speech-start", "somebody_speaks"),
    **_in((State.LISTENING,), "speech-end", "await_more"),
    **_in((State.LISTENING,), "timer:limit-near", "limit_near"),
    **_in((State.LISTENING,), "done", "proceed", *_STEP),
    **_in((State.LISTENING,), "pass", "proceed", *_STEP),
    **_in((State.LISTENING,), "timer:silence", "proceed", *_STEP),
    **_in((State.LISTENING,), "timer:limit", "proceed", *_STEP),
}
