"""The conversation to look at, for those who want: a shape that breathes on the beats, the words, the time left.

It is drawn anew at each beat and each sentence, from the same events as everything else, and never in between: so it
is on the guide's clock, and there is no motion but the breath. Whoever types goes on typing beneath it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TextIO

from voice.events import Beat, Cue, Error, Event, Heard, Ready, Silenced, State
from voice.guiding.compiling import NUMBERS
from voice.story import Story

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from voice.session import Session

Motion = Literal["full", "still"]
"""``still``: a bar of the counts instead of the shape."""
ROWS, COLUMNS = 13, 40
"""The shape's field, characters; with the words beneath it fits 80 by 24."""
SMALLEST = 0.25
"""The shape when breathed out, of its full size."""
WORDS = {"in": "breathe in", "hold": "hold", "out": "breathe out"}
COLORS = {"in": "cyan", "hold": "green", "out": "blue"}
WIDTH = 78


class Screen:
    """Takes events and draws; the cursor stays where people type."""

    def __init__(self, out: TextIO, *, motion: Motion = "full") -> None:
        """Draw on a terminal."""
        self._out = out
        self._motion = motion
        self._lengths = {"in": 4, "hold": 1, "out": 6}
        self._phase: str | None = None
        self._beat = 0
        self._said = self._heard = self._note = ""
        self.left_s: Callable[[], float] = lambda: 0.0
        """How long what plays still lasts, seconds; the session knows."""

    def __enter__(self) -> Screen:
        """Clear the terminal and keep its lower lines for typing."""
        self._out.write(f"\x1b[2J\x1b[{ROWS + 9};24r\x1b[{ROWS + 9};1H")
        self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the whole terminal back."""
        self._out.write("\x1b[r\x1b[24;1H\n")
        self._out.flush()

    def watch(self, session: Session) -> None:
        """Know how long what plays still lasts."""
        self.left_s = lambda: session.performer.left_s(session.frame)

    def tell(self, event: Event) -> None:
        """Draw what an event changes."""
        if self._take(event):
            self._draw()

    def _take(self, event: Event) -> bool:
        match event:
            case Beat(phase=phase, beat=beat):
                if self._phase != phase and self._phase:
                    self._lengths[self._phase] = self._beat
                self._phase, self._beat, self._note = phase, beat, ""
            case Cue(kind="speak", text=text) if text not in NUMBERS:
                self._said = text
            case Heard(text=text, final=True) if text:
                self._heard = text
            case Silenced(why=why):
                self._phase, self._note = None, "silent" if why == "stop" else ""
            case State(to="idle"):
                self._phase = None
            case Ready():
                self._note = "ready"
            case Error(what=what):
                self._note = what
            case _:
                return False
        return True

    def size(self) -> float:
        """How large the shape is, 0 to 1: full at the last count in, smallest at the last count out."""
        if self._phase is None:
            return SMALLEST
        part = min(1.0, self._beat / max(1, self._lengths[self._phase]))
        grown = {"in": part, "hold": 1.0, "out": 1.0 - part}[self._phase]
        return SMALLEST + (1.0 - SMALLEST) * grown

    def picture(self) -> Text:
        """Everything that is shown, at most 78 characters wide and 20 lines high."""
        from rich.text import Text

        color = COLORS.get(self._phase or "", "")
        shown = Text("\n").join([*self._shape(color), Text(), self._now(color), self._time(), Text()])
        for label, words, style in (("", self._said, "bold"), ("heard: ", self._heard, "dim"), ("", self._note, "dim")):
            shown.append("\n")
            shown.append(label + words if words else "", style=style)
        return shown

    def _shape(self, color: str) -> list[Text]:
        from rich.text import Text

        if self._motion == "still":
            return [Text()] * ROWS
        return [Text(line.center(WIDTH).rstrip(), style=color) for line in disc(self.size())]

    def _now(self, color: str) -> Text:
        from rich.text import Text

        if self._phase is None:
            return Text()
        length = max(self._lengths[self._phase], self._beat)
        counts = " ".join("●" if count < self._beat else "○" for count in range(length))
        return Text(f"{WORDS[self._phase]} {self._beat} of {length}   {counts}".center(WIDTH).rstrip(), style=color)

    def _time(self) -> Text:
        from rich.text import Text

        left = self.left_s()
        return Text(f"{int(left) // 60}:{int(left) % 60:02} left".center(WIDTH).rstrip() if left >= 1 else "")

    def _draw(self) -> None:
        console = self._console()
        with console.capture() as drawn:
            console.print(self.picture(), overflow="ellipsis", no_wrap=True)
        self._out.write("\x1b7\x1b[H" + drawn.get().replace("\n", "\x1b[K\r\n") + "\x1b8")
        self._out.flush()

    def _console(self) -> Console:
        from rich.console import Console

        return Console(file=self._out, width=80, height=24, highlight=False, soft_wrap=False, force_terminal=True)


def disc(size: float) -> list[str]:
    """A round shape of so much of the field, 0 to 1, as lines of ``COLUMNS`` characters; a letter is twice as high."""
    middle, radius = (ROWS - 1) / 2, size * ROWS / 2
    lines = []
    for row in range(ROWS):
        height = radius**2 - (row - middle) ** 2
        half = round(math.sqrt(height) * 2) if height > 0 else 0
        lines.append(("•" * (2 * half)).center(COLUMNS))
    return lines


def teller(out: TextIO, wanted: str | None, *, hear: bool, unknown: str = "") -> Story | Screen:
    """What tells a person what happens: the screen if it is wanted and ``out`` is a terminal, else lines."""
    if wanted in ("full", "still") and out.isatty():
        return Screen(out, motion="still" if wanted == "still" else "full")
    return Story(out, hear=hear, unknown=unknown)
