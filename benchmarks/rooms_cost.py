"""What one room costs in processor time, whatever else the machine does: percent of a core, idle and breathing.

    OMP_NUM_THREADS=1 python -m benchmarks.rooms_cost

A house of one room on a virtual clock, with a microphone that hears faint noise and nobody speaking; the recognizer is
left out, since it is asked only after somebody spoke.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from voice.app import Options, load_content, prepare_now
from voice.drives.echo_reference import EchoReference
from voice.events import Understood
from voice.hearing.listener import Listener
from voice.hearing.microphone import Block
from voice.hearing.over_voice import OverVoice
from voice.hearing.recognizer import Found, Transcript
from voice.hearing.spotter import open_spotter
from voice.keeping.clock import clock_from, system_clock
from voice.keeping.opening import passing_keeper
from voice.rooms.answers import of_the_house
from voice.rooms.hearing import CleanEars
from voice.rooms.house import RATE, TICK_S, House
from voice.speaking.voice import Voice
from voice.understanding.grammar import Grammar


class Nobody:
    """A recognizer, and a loudspeaker, for a room where nobody speaks."""

    name = "nobody"

    def __getattr__(self, name: str) -> Any:
        """Any other call does nothing."""
        return lambda *given: None

    def finish(self) -> list[Transcript]:
        """Nothing was said."""
        return [Transcript("", True, -5.0, 0.9)]

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """No phrase fits."""
        return [Found(phrase, -9.0) for phrase in phrases]

    def search(self, grammar: Grammar) -> list[Found]:
        """Nothing is found."""
        return []

    def second(self, phrases: Sequence[str]) -> None:
        """Nor by another."""


def main() -> None:
    """Measure, and print."""
    content, voice = of_the_house(load_content(Options())), Voice(RATE)
    keeper = passing_keeper(content.responses, content.titles, clock_from(system_clock()))
    for cancel in (True, False):
        now = [0.0]
        house = House(content, voice, keeper, lambda room, event: None, clock=lambda now=now: now[0])  # type: ignore[misc]
        room = house.add("room", prepare=prepare_now)
        room.connect(Nobody(), 0)
        clock = lambda frame, now=now: now[0]  # noqa: E731  # bound to this house
        listener = Listener(Nobody(), content.understander, clock=clock)  # type: ignore[arg-type]
        ears: Any = OverVoice(listener, open_spotter(), clock=clock) if cancel else CleanEars(listener)
        reference = EchoReference(room)
        noise = np.random.default_rng(0)

        def live(seconds: float) -> float:
            begun = time.process_time()
            for _ in range(round(seconds / TICK_S)):
                now[0] += TICK_S  # noqa: B023  # called at once
                house.tick()  # noqa: B023
                block: npt.NDArray[np.float32] = noise.normal(0, 3e-4, 320).astype(np.float32)  # noqa: B023
                played = reference.until_end_of(Block(block, 0, now[0] - TICK_S))  # noqa: B023
                ears.feed(block, played, guiding=room.session.guiding)  # noqa: B023
            return 100 * (time.process_time() - begun) / seconds

        idle = live(30)
        room.session.receive(Understood(t=0.0, intent="Rehearse", practice="two-minute-reset", starts=True))
        whose = "Attune cancels" if cancel else "the satellite cancels"
        print(f"{whose}: idle {idle:.1f} %, breathing {live(60):.1f} % of a core")
    voice.close()


if __name__ == "__main__":
    main()
