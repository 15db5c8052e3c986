"""The conversation's states, and the one table of what leads from which to which.

The diagram in docs/architecture.md is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice.events import Event, Speech, TimerDue, Understood
from voice.guiding.everywhere import APART, BESIDE, BODILY, ENDING, KEPT, QUIET_ENDING, TRUST


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
_ANY = tuple(State)
_DANGER = tuple(trigger for trigger in ENDING if trigger.startswith("safety:"))

DENYING = (
    "answer", "again", "repeat", "skip", "pass", "done", "more-time", "slower", "faster", "softer", "louder",
    "how-long", "whose-turn",
)  # fmt: skip
"""Words that, where they raised a doubt whether "stop" was said, answer it: they are done, and the practice goes on."""

_Table = dict[tuple[State, str], Transition]


def _in(states: tuple[State, ...], triggers: str | tuple[str, ...], action: str, *to: State) -> _Table:
    """The same transition from several states; without ``to`` each state leads to itself."""
    named = (triggers,) if isinstance(triggers, str) else triggers
    return {(state, trigger): Transition(action, to or (state,)) for state in states for trigger in named}


TRANSITIONS: _Table = {
    **_in((State.IDLE,), TRUST, "answer_beside", State.ANSWERING),
    **_in((*_BUSY, State.PAUSED), tuple(BESIDE), "answer_beside", State.ANSWERING),
    **_in((State.IDLE, *_BUSY, State.PAUSED), KEPT, "tell_kept", State.ANSWERING),
    **_in((*_BUSY, State.PAUSED), "not-me", "stays_alone", State.ANSWERING),
    **_in(_ANY, "not-today", "not_today", *_STEP, State.ANSWERING),
    **_in((State.IDLE,), "due", "bring_up", *_STEP, State.ANSWERING),
    **_in(_ANY, "time_out_gone", "part_no_more"),
    **_in((State.GUIDING,), "noted", "take_noted", *_STEP),
    **_in(_ACTIVE, tuple(ENDING), "end_with_sentence", State.ANSWERING),
    **_in((State.IDLE,), _DANGER, "end_with_sentence", State.ANSWERING),
    **_in((State.IDLE,), BODILY, "end_with_sentence_lately", State.ANSWERING, State.IDLE),
    **_in(_ANY, ("start", "need-space"), "start", *_ANY),
    **_in((State.IDLE,), "what-can-i-say", "start", *_STEP),
    **_in(_ACTIVE, QUIET_ENDING, "stop", State.IDLE),
    **_in(_ACTIVE, "undo", "undo", *_ACTIVE, State.IDLE),
    **_in(_ANY, "stop-listening", "stop_listening", State.IDLE),
    **_in(_ACTIVE, "pause", "pause", State.PAUSED, State.IDLE),
    **_in((State.PAUSED, State.ANSWERING), "go-on", "go_on", *_BUSY, State.ANSWERING),
    **_in((State.PAUSED,), "timer:pause", "let_go", State.IDLE),
    **_in((*_BUSY, State.ANSWERING), "doubted", "doubt", State.PAUSED, State.IDLE),
    **_in((State.PAUSED,), "own_words", "take_back_doubt", *_BUSY, State.PAUSED),
    **_in((State.PAUSED,), "no_doubt", "no_doubt", *_BUSY, State.PAUSED),
    **_in((State.PAUSED,), "timer:doubt", "ask_whether_to_go_on", State.ANSWERING),
    **_in((State.PAUSED,), "timer:no-answer", "stop", State.IDLE),
    **_in((State.PAUSED,), ("speech-start", "speech-end"), "note_talk"),
    **_in(_BUSY, "again", "again", *_BUSY),
    **_in(_BUSY, "repeat", "say_again", State.ANSWERING),
    **_in((State.GUIDING,), ("skip", "pass", "done"), "proceed", *_STEP),
    **_in((State.ASKING,), ("skip", "pass", "done"), "take_silence", *_STEP),
    **_in((State.GUIDING, State.PAUSED), "slower", "slower"),
    **_in((State.GUIDING, State.PAUSED), "faster", "faster"),
    **_in(_ACTIVE, "softer", "softer"),
    **_in(_ACTIVE, "louder", "louder"),
    **_in((*_BUSY, State.PAUSED), "how-long", "say_time_left", State.ANSWERING),
    **_in((*_BUSY, State.PAUSED), "whose-turn", "say_whose_turn", State.ANSWERING),
    **_in((State.ANSWERING,), "finished", "return_to_practice", *_BUSY, State.PAUSED, State.IDLE),
    **_in((State.GUIDING,), "finished", "proceed", *_STEP),
    **_in((State.GUIDING,), "ducked", "was_ducked"),
    **_in((State.ASKING,), "ducked", "was_ducked", State.ASKING, State.IDLE),
    **_in((State.GUIDING,), "timer:leave", "leave"),
    **_in((State.IDLE,), ("timer:written-down", "deaf"), "answer_beside", State.ANSWERING),
    **_in((State.GUIDING,), "level", "take_level", *_STEP),
    **_in((State.ASKING,), "finished", "await_answer"),
    **_in((State.ASKING,), "speech-start", "somebody_speaks"),
    **_in((State.ASKING,), "speech-end", "await_answer"),
    **_in((State.ASKING,), "more-time", "wait_longer"),
    **_in((State.ASKING, State.ANSWERING), "answer", "take_answer", *_STEP, State.ANSWERING),
    **_in((State.ASKING,), "timer:silence", "take_silence", *_STEP),
    **_in((State.LISTENING,), "finished", "begin_turn"),
    **_in((State.LISTENING,), "speech-start", "somebody_speaks"),
    **_in((State.LISTENING,), "speech-end", "await_more"),
    **_in((State.LISTENING,), ("heard", "ignored"), "look_at_words"),
    **_in((State.LISTENING,), "more-time", "more_time"),
    **_in((State.LISTENING,), ("done", "pass", "skip"), "turn_is_done", State.LISTENING, *_STEP),
    **_in((State.LISTENING,), "timer:silence", "turn_is_silent", State.ANSWERING, *_STEP),
    **_in((State.LISTENING,), ("timer:limit", "timer:done"), "proceed", *_STEP),
    **_in((State.LISTENING,), "timer:limit-near", "limit_near"),
    **_in((State.IDLE,), APART, "answer_apart", State.ANSWERING, State.IDLE),
    **_in((State.IDLE,), "how-long", "tell_how_long", State.ANSWERING, State.IDLE),
}


def trigger_of(event: Event) -> str:
    """The name under which an event stands in the table."""
    match event:
        case Understood(safety=str(kind)):
            return f"safety:{kind}"
        case Understood(answer=str()):
            return "answer"
        case Understood(control=str(control)):
            return control
        case Understood(starts=True):
            return "start"
        case Understood(intent="RitualSet"):
            return "start"
        case Understood(practice=str()):
            return "about"
        case TimerDue(timer=timer):
            return f"timer:{timer}"
        case Speech(edge=edge):
            return f"speech-{edge}"
    return event.name()
