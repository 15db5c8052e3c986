"""Breathing in several rooms at once: counts fall together, and of rooms that breathe alike, the in-breaths.

Every room's frames count on the clock of the house. A room that begins to breathe waits for the next in-breath of
another room with the same pattern; one that asked a moment earlier and does not breathe yet waits for it. Where nobody
breathes alike, the first count falls on the clock's beat. Pure: it moves timelines and knows no room's sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from voice.guiding.timeline import Cue, Speech, Timeline

WAITS_FOR_S = 3.0
"""So much longer a room waits with its first breath for another one that was asked a moment later, seconds."""
PLACED_MS = 1000
"""What sounds within this time from now is not moved any more: it is on the mixer, or nearly."""
QUIET_MS = 3500
"""A longer wait than this is explained, milliseconds."""
BEFORE_MS = 400
"""The explanation comes so long after what was said before, milliseconds."""

Move = Callable[[int, int], None]
"""Makes a room's first breath come so many frames later; the second number is the present frame."""


@dataclass(frozen=True, slots=True)
class _Breathing:
    """A timeline with breaths, on the clock of the house."""

    timeline: Timeline
    origin: int
    """Frame of its start."""
    move: Move

    def first(self, rate: int) -> int:
        """The frame of the first in-breath."""
        return self.origin + self.timeline.inhales()[0] * rate // 1000

    def inhales(self, rate: int) -> list[int]:
        """The frame of every in-breath."""
        return [self.origin + onset * rate // 1000 for onset in self.timeline.inhales()]


class Unison:
    """Who breathes when in the house; for one thread."""

    def __init__(self, rate: int) -> None:
        """``rate`` is that of every room, hertz."""
        self._rate = rate
        self._breathing: dict[object, _Breathing] = {}

    def wait_frames(self, room: object, timeline: Timeline, origin: int, now: int) -> int:
        """How many frames later ``room``'s first breath is to come than a timeline begun at ``origin`` has it.

        Rooms that were asked a moment earlier are moved, and wait as well.
        """
        if not timeline.inhales():
            return 0
        mine = origin + timeline.inhales()[0] * self._rate // 1000
        alike = [other for other in self._others(room) if pattern(other.timeline) == pattern(timeline)]
        fixed = now + PLACED_MS * self._rate // 1000
        if alike and all(other.first(self._rate) >= max(fixed, mine - WAITS_FOR_S * self._rate) for other in alike):
            target = max(mine, *(other.first(self._rate) for other in alike))
            for other in alike:
                other.move(target - other.first(self._rate), now)
            return target - mine
        ahead = [onset for other in alike for onset in other.inhales(self._rate) if onset >= mine]
        if ahead:
            return min(ahead) - mine
        return -mine % (timeline.beat_ms * self._rate // 1000)

    def breathes(self, room: object, timeline: Timeline, origin: int, move: Move) -> None:
        """``room`` plays this now."""
        if timeline.inhales():
            self._breathing[room] = _Breathing(timeline, origin, move)
        else:
            self.rests(room)

    def rests(self, room: object) -> None:
        """``room`` breathes no more."""
        self._breathing.pop(room, None)

    def _others(self, room: object) -> Iterator[_Breathing]:
        yield from (breathing for other, breathing in self._breathing.items() if other is not room)


def pattern(timeline: Timeline) -> tuple[object, ...]:
    """What makes two timelines breathe alike: the counts of one breath and how far apart they are."""
    breath = [(beat.phase, beat.beat) for beat in timeline.beats if beat.round == timeline.beats[0].round]
    return (timeline.beat_ms, *breath)


def postponed(timeline: Timeline, wait_ms: int, explain: Cue | None = None) -> Timeline:
    """The same timeline with its first breath, and all that follows, later by ``wait_ms``.

    ``explain`` says in a long wait why; its onset is set here, and it is left out where it would not fit.
    """
    first = timeline.inhales()[0]
    before = [cue for cue in timeline.cues if cue.onset_ms < first]
    after = [replace(cue, onset_ms=cue.onset_ms + wait_ms) for cue in timeline.cues if cue.onset_ms >= first]
    if explain and wait_ms >= max(QUIET_MS, explain.duration_ms + 2 * BEFORE_MS):
        before.append(replace(explain, onset_ms=first + BEFORE_MS))
    beats = tuple(replace(beat, onset_ms=beat.onset_ms + wait_ms) for beat in timeline.beats)
    return Timeline((*before, *after), beats, timeline.duration_ms + wait_ms, timeline.beat_ms)


def explanation(text: str, duration_ms: int) -> Cue:
    """The sentence that fills a long wait."""
    return Cue(0, duration_ms, Speech(text))
