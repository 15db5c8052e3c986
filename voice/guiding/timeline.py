"""A flat timeline: sounds and beats with absolute onsets, and the pure ways of cutting and stretching it.

Onsets are whole milliseconds from the timeline's start and never sums of sleeps, so nothing drifts. The onset of
speech is where its sound begins, not where its samples begin (see ``speaking.phrase``).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Literal

Phase = Literal["in", "hold", "out"]


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken words."""

    text: str
    slow: bool = False
    """Said slowly, for who did not follow."""


@dataclass(frozen=True, slots=True)
class BreathTone:
    """A soft tone as long as one phase of a breath."""

    phase: Phase
    beats: int
    """How many it lasts."""
    beat_ms: int = 1000
    """Distance of two beats, milliseconds."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A sound from ``audio/``."""

    name: str
    """The file's stem."""


Sound = Speech | BreathTone | Clip


@dataclass(frozen=True, slots=True)
class Cue:
    """One sound at one time of a timeline."""

    onset_ms: int
    """From the timeline's start, milliseconds."""
    duration_ms: int
    """How long it sounds, milliseconds."""
    sound: Sound
    gain_db: float = 0.0
    """Decibels relative to the sound's usual level."""

    @property
    def end_ms(self) -> int:
        """From the timeline's start, milliseconds."""
        return self.onset_ms + self.duration_ms


@dataclass(frozen=True, slots=True)
class Beat:
    """One count of a breath, spoken or silent."""

    onset_ms: int
    """From the timeline's start, milliseconds."""
    phase: Phase
    beat: int
    """Counted from 1 within the phase."""
    round: int
    """Counted from 1 within the practice."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything of one segment, in order of onset."""

    cues: tuple[Cue, ...]
    beats: tuple[Beat, ...]
    duration_ms: int
    """Length, silence at the end included, milliseconds."""
    beat_ms: int = 1000
    """Distance of two beats at the end of the timeline, milliseconds."""

    def inhales(self) -> list[int]:
        """The onset of every breath, milliseconds."""
        return [beat.onset_ms for beat in self.beats if beat.phase == "in" and beat.beat == 1]

    def breathing(self) -> list[range]:
        """Every row of breaths without a rest between them, from the first inhale to the end, milliseconds."""
        rows: list[range] = []
        for breath in self._breaths():
            if rows and rows[-1].stop == breath.start:
                breath = range(rows.pop().start, breath.stop)
            rows.append(breath)
        return rows

    def resumed_from(self, position_ms: int) -> Timeline:
        """What is left after a pause at ``position_ms``.

        Breathing goes on at the next inhale, a sentence or a sound from its beginning, and silence where it was: a
        minute of quiet is as long for who asks in it how long it will be.
        """
        return self._cut(self._resume_point(position_ms))

    def stretched(self, position_ms: int, factor: float) -> Timeline:
        """The same timeline with every beat from the next inhale on ``factor`` times as far apart.

        The breath that ``position_ms`` lies in keeps its length, so that no interval changes inside a breath, and so
        does what lies between two rows of breaths. Without breathing ahead nothing changes.
        """
        start = next((onset for onset in self.inhales() if onset > position_ms), None)
        if start is None:
            return self
        beat_ms = round(self.beat_ms * factor)
        old, new = self._moves(start, beat_ms)

        def moved(onset: int) -> int:
            last = bisect_right(old, onset) - 1
            return onset + new[last] - old[last] if last >= 0 else onset

        def moved_cue(cue: Cue) -> Cue:
            if not isinstance(cue.sound, BreathTone) or cue.onset_ms < start:
                return replace(cue, onset_ms=moved(cue.onset_ms))
            tone = replace(cue.sound, beat_ms=beat_ms)
            return Cue(moved(cue.onset_ms), tone.beats * beat_ms, tone, cue.gain_db)

        cues = tuple(moved_cue(cue) for cue in self.cues)
        beats = tuple(replace(beat, onset_ms=moved(beat.onset_ms)) for beat in self.beats)
        return Timeline(cues, beats, moved(self.duration_ms), beat_ms)

    def stepped_back(self, position_ms: int, change_db: float) -> Timeline:
        """The same timeline without words after ``position_ms``, and all else there changed by ``change_db``."""
        before = tuple(cue for cue in self.cues if cue.onset_ms <= position_ms)
        after = [cue for cue in self.cues if cue.onset_ms > position_ms and not isinstance(cue.sound, Speech)]
        return replace(self, cues=before + tuple(replace(cue, gain_db=cue.gain_db + change_db) for cue in after))

    def until_out_breath(self, position_ms: int) -> Timeline:
        """The same timeline, ended with the breath that ``position_ms`` lies in; at once where nobody breathes."""
        row = self._breathing_at(position_ms)
        if row is None:
            end = position_ms
        else:
            end = next((onset for onset in self.inhales() if position_ms < onset < row.stop), row.stop)
        cues = tuple(cue for cue in self.cues if cue.onset_ms < end)
        beats = tuple(beat for beat in self.beats if beat.onset_ms < end)
        return Timeline(cues, beats, min(end, self.duration_ms), self.beat_ms)

    def _resume_point(self, position_ms: int) -> int:
        if row := self._breathing_at(position_ms):
            return next((onset for onset in self.inhales() if position_ms <= onset < row.stop), row.stop)
        begun = [cue.onset_ms for cue in self.cues if cue.onset_ms <= position_ms < cue.end_ms and self._is_beside(cue)]
        return min([*begun, position_ms, self.duration_ms])

    def _is_beside(self, cue: Cue) -> bool:
        """Whether nobody breathes where a sound begins."""
        return self._breathing_at(cue.onset_ms) is None

    def _breathing_at(self, position_ms: int) -> range | None:
        return next((row for row in self.breathing() if position_ms in row), None)

    def _breaths(self) -> list[range]:
        """Each breath, from its inhale to the end of its last beat."""
        breaths: list[list[int]] = []
        for beat in self.beats:
            if not breaths or (beat.phase, beat.beat) == ("in", 1):
                breaths.append([])
            breaths[-1].append(beat.onset_ms)
        return [range(own[0], own[-1] + (own[1] - own[0] if len(own) > 1 else self.beat_ms)) for own in breaths]

    def _moves(self, start_ms: int, beat_ms: int) -> tuple[list[int], list[int]]:
        """Where the beats from ``start_ms`` on and the ends of their rows lie, and where they will."""
        old: list[int] = []
        new: list[int] = []
        shift = 0
        for row in self.breathing():
            if own := [beat.onset_ms for beat in self.beats if beat.onset_ms in row and beat.onset_ms >= start_ms]:
                old += [*own, row.stop]
                new += [own[0] + shift + index * beat_ms for index in range(len(own) + 1)]
                shift = new[-1] - old[-1]
        return old, new

    def _cut(self, at_ms: int) -> Timeline:
        cues = tuple(replace(cue, onset_ms=cue.onset_ms - at_ms) for cue in self.cues if cue.onset_ms >= at_ms)
        beats = tuple(replace(beat, onset_ms=beat.onset_ms - at_ms) for beat in self.beats if beat.onset_ms >= at_ms)
        return Timeline(cues, beats, self.duration_ms - at_ms, self.beat_ms)
