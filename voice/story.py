"""The conversation as lines a person can read while it happens."""

from __future__ import annotations

from typing import TextIO

from voice.events import Beat, Cue, Error, Event, Heard, Ignored, Ready, Silenced, State, Understood
from voice.guiding.compiling import NUMBERS


class Story:
    """Prints events; breaths are one line each."""

    def __init__(self, out: TextIO, *, hear: bool, unknown: str = "") -> None:
        """``hear`` also prints what was heard, which a typed conversation shows already; ``unknown`` is shown where
        words mean nothing, but for a turn, in which they are for the other."""
        self._out = out
        self._hear = hear
        self._unknown = unknown
        self._in_turn = False
        self._in_breath = False

    def __enter__(self) -> Story:
        """Nothing to prepare."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put back."""

    def watch(self, session: object) -> None:
        """Lines tell no time left."""

    def tell(self, event: Event) -> None:
        """Print what is worth a line."""
        match event:
            case Beat(phase=phase, beat=beat):
                start = (
                    ("\n  " if not self._in_breath or (phase == "in" and beat == 1) else "  ") + f"{phase}: "
                    if beat == 1
                    else ""
                )
                self._write(f"{start}{beat} ")
                self._in_breath = True
            case Cue(kind="speak", text=text) if text not in NUMBERS:
                self._line(f"Attune: {text}")
            case Heard(text=text, final=True) if self._hear and text:
                self._line(f'heard: "{text}"')
            case Understood() if self._hear:
                self._line(f"understood: {event.practice or event.answer or event.control or event.intent}")
            case State(to=to):
                self._in_turn = to == "turn"
            case Ignored() if self._unknown and not self._in_turn:
                self._line(f"({self._unknown})")
            case Silenced(why="stop"):
                self._line("(silent)")
            case Ready(engine=engine, voice=voice):
                self._line(f"Ready ({engine}; {voice}).")
            case Error(what=what):
                self._line(what)

    def _line(self, text: str) -> None:
        self._write(("\n" if self._in_breath else "") + text + "\n")
        self._in_breath = False

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
