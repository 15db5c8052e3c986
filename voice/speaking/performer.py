"""Plays timelines: places their cues on the mixer shortly before they sound, and reports what has been played.

Cues are placed only ``HORIZON_MS`` ahead, so that a pause, a slower beat or a stop changes what comes without undoing
anything.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from voice.events import Cue, Event, Finished, Silenced
from voice.guiding import timeline as plan
from voice.guiding.compiling import NUMBERS
from voice.hearing.own_words import Said
from voice.speaking.backgrounds import AS_USUAL, Ambience, Bed
from voice.speaking.mixer import Mixer
from voice.speaking.repertoire import Repertoire
from voice.speaking.reports import reports_of
from voice.speaking.voice import Voice

HORIZON_MS = 500
"""How far ahead cues are placed, milliseconds; more than any phrase's lead before its onset."""
FADE_MS = 70
DOWN_MS, UP_MS = 40, 200
"""Ramps of a duck: down before the word is over, up unnoticed; milliseconds."""
SAID_KEPT = 12
"""Phrases that are remembered to tell them from people's words."""


@dataclass(slots=True)
class _Playing:
    """A timeline that sounds now."""

    timeline: plan.Timeline
    origin: int
    """Output frame of the timeline's start."""
    beside: bool
    """Whether something else is held meanwhile."""
    again: bool
    """Whether its words were said before, and are none to be repeated."""
    placed: int = 0
    """Cues already on the mixer."""
    reports: list[Event] = field(default_factory=list)
    """What to report once it has been played, by time."""


class Performer(Repertoire):
    """One timeline at a time, and soft sounds over it."""

    def __init__(self, mixer: Mixer, voice: Voice, rate: int, voice_lost: str, ambience: Ambience = AS_USUAL) -> None:
        """As the repertoire; ``mixer`` is what sounds are placed on."""
        super().__init__(voice, rate, voice_lost, ambience)
        self.mixer = mixer
        self._bed = Bed(mixer, ambience.background)
        self._last_said = ""
        self._to_be_said: list[tuple[int, str]] = []
        """Words placed and not yet heard, and the frame at which they begin."""
        self._gain_db = self._duck_db = self._night_db = 0.0
        self.said: deque[Said] = deque(maxlen=SAID_KEPT)
        """The last phrases placed, and when they sound."""
        self._playing: _Playing | None = None
        self._held: plan.Timeline | None = None
        self._interrupted: _Playing | None = None

    def play(self, timeline: plan.Timeline, frame: int) -> None:
        """Play from output frame ``frame`` on, instead of what is held."""
        self._held = None
        self._begin(timeline, frame)

    def play_beside(self, timeline: plan.Timeline, frame: int, *, again: bool = False) -> None:
        """Play from ``frame`` on, and keep what is held; ``again`` where it repeats the last words."""
        self._begin(timeline, frame, beside=True, again=again)

    def sound(self, name: str, frame: int) -> None:
        """Place one soft sound at ``frame``."""
        samples = self._toned(plan.Clip(name))
        self.mixer.place(samples, frame)
        start, end = frame / self.rate, (frame + len(samples)) / self.rate
        self._report(Cue(t=end, kind="clip", text=name, start=start, end=end))

    def hush(self, frame: int, why: str, fade_ms: int = FADE_MS) -> None:
        """Fade out from ``frame`` and forget what is held; ``Silenced`` is reported if anything sounded or was held."""
        held, self._held, self._interrupted = self._held is not None, None, None
        if self._cut(frame, fade_ms) or held:
            self._report(Silenced(t=frame / self.rate + fade_ms / 1000, why=why))

    def hold(self, frame: int) -> None:
        """Fade out from ``frame`` and remember where; what plays beside is forgotten."""
        self.interrupt(frame)
        rest, self._interrupted = self._interrupted, None
        if rest and not rest.beside:
            self._held = rest.timeline

    def interrupt(self, frame: int) -> None:
        """The output is lost: remember what plays, also if it plays beside."""
        playing = self._playing
        self._cut(frame, FADE_MS)
        if playing:
            rest = playing.timeline.resumed_from(max(0, self._ms(frame - playing.origin)))
            self._interrupted = replace(playing, timeline=rest)

    def restore(self, frame: int) -> None:
        """The output is back: go on with what was interrupted, breathing at an inhale."""
        rest, self._interrupted = self._interrupted, None
        if rest:
            self._begin(rest.timeline, frame, beside=rest.beside, again=rest.again)

    def resume(self, frame: int) -> None:
        """Go on from where ``hold`` left."""
        held, self._held = self._held, None
        self._begin(held or plan.Timeline((), (), 0), frame)

    def stretch(self, frame: int, factor: float) -> set[plan.Sound]:
        """Change the beat from the next inhale that is not yet placed; returns the tones that this will need."""
        if self._playing:
            ahead = self._ms(frame - self._playing.origin) + HORIZON_MS
            self._change(frame, self._playing.timeline.stretched(ahead, factor))
        elif self._held:
            self._held = self._held.stretched(-1, factor)
        ahead_of = self._playing.timeline if self._playing else self._held
        return {cue.sound for cue in ahead_of.cues if not self.is_ready(cue.sound)} if ahead_of else set()

    def step_back(self, frame: int, change_db: float) -> None:
        """From ``frame`` on, until this timeline ends: no words, and what remains softer by ``change_db`` decibels."""
        if self._playing:
            placed_ms = self._ms(frame - self._playing.origin) + HORIZON_MS
            self._change(frame, self._playing.timeline.stepped_back(placed_ms, change_db))
            self._bed.step_back(frame, change_db)

    def end_after_breath(self, frame: int) -> None:
        """End the timeline with the breath that sounds at ``frame``, or with the next if that is placed already."""
        if self._playing:
            placed_ms = self._ms(frame - self._playing.origin) + HORIZON_MS
            self._change(frame, self._playing.timeline.until_out_breath(placed_ms))

    def duck(self, frame: int, db: float) -> None:
        """Lower everything by ``db`` from ``frame`` on, or with 0 bring it back; the grid stays as it is."""
        self._duck_db = db
        self._level(frame, DOWN_MS if db else UP_MS)

    def volume(self, frame: int, change_db: float) -> None:
        """Make everything louder or softer from ``frame`` on, over a quarter of a second."""
        self._gain_db += change_db
        self._level(frame, 250)

    def soften(self, frame: int, db: float) -> None:
        """Make everything that comes softer by ``db`` than it was chosen to be, or with 0 as it was."""
        if db != self._night_db:
            self._night_db = db
            self._level(frame, 250)

    def _level(self, frame: int, ramp_ms: int) -> None:
        self.mixer.gain(frame, self._gain_db + self._duck_db + self._night_db, ramp_ms)

    @property
    def last_said(self) -> str:
        """The last words that began to sound and were no number."""
        return self._last_said

    def left_s(self, frame: int) -> float:
        """What is left of the timeline that is held or playing, seconds."""
        if self._held:
            return self._held.duration_ms / 1000
        playing = self._playing
        return max(0.0, playing.timeline.duration_ms / 1000 - (frame - playing.origin) / self.rate) if playing else 0.0

    @property
    def busy(self) -> bool:
        """True while a timeline plays or a sound is still to be reported."""
        return self._playing is not None or bool(self._reports)

    def place_until(self, frame: int) -> None:
        """Put every cue on the mixer that begins to sound before ``frame`` plus the horizon."""
        playing = self._playing
        if playing is None:
            return
        self._bed.follow(playing.timeline, playing.origin, frame)
        until_ms = self._ms(frame - playing.origin) + HORIZON_MS
        cues = playing.timeline.cues
        while playing.placed < len(cues) and cues[playing.placed].onset_ms < until_ms:
            self._place(cues[playing.placed], playing)
            playing.placed += 1

    def played(self, frame: int) -> list[Event]:
        """What has been played up to ``frame``, in order; ``Finished`` comes last."""
        now = frame / self.rate
        while self._to_be_said and self._to_be_said[0][0] <= frame:
            self._last_said = self._to_be_said.pop(0)[1]
        playing = self._playing
        waiting = self._reports + (playing.reports if playing else [])
        done = sorted((event for event in waiting if event.t <= now), key=lambda event: event.t)
        self._reports = [event for event in self._reports if event.t > now]
        if playing:
            playing.reports = [event for event in playing.reports if event.t > now]
            end = playing.origin + self._frames(playing.timeline.duration_ms)
            if frame >= end:
                self._playing = None
                done.append(Finished(t=end / self.rate))
        return done

    def _begin(self, timeline: plan.Timeline, frame: int, *, beside: bool = False, again: bool = False) -> None:
        self._playing = _Playing(timeline, frame, beside, again)
        self._playing.reports = reports_of(timeline, frame, self.rate, after=frame - 1)
        self.place_until(frame)

    def _change(self, frame: int, timeline: plan.Timeline) -> None:
        """Play another timeline from ``frame`` on; what is placed already is the same in both."""
        playing = self._playing
        assert playing is not None
        playing.timeline = timeline
        # What lies before is still to be heard where more is mixed ahead, and is reported then.
        before = [event for event in playing.reports if event.t <= frame / self.rate]
        playing.reports = before + reports_of(timeline, playing.origin, self.rate, after=frame)

    def _cut(self, frame: int, fade_ms: int) -> bool:
        """Silence what sounds; report cues as long as they sounded."""
        self.mixer.fade_out(frame, fade_ms)
        self._bed.cut()
        end = frame / self.rate + fade_ms / 1000
        begun = [*self._reports, *(self._playing.reports if self._playing else [])]
        self._reports = [
            Cue(t=min(cue.t, end), kind=cue.kind, text=cue.text, start=cue.start, end=min(cue.end, end))
            for cue in begun
            if isinstance(cue, Cue) and cue.start < frame / self.rate
        ]
        said = [replace(one, end_s=min(one.end_s, end)) for one in self.said if one.start_s < end]
        self.said = deque(said, maxlen=SAID_KEPT)
        self._to_be_said = [(begin, text) for begin, text in self._to_be_said if begin < frame]
        sounding = self._playing is not None or bool(self._reports)
        self._playing = None
        return sounding

    def _place(self, cue: plan.Cue, playing: _Playing) -> None:
        onset = playing.origin + self._frames(cue.onset_ms)
        match cue.sound:
            case plan.Speech(text=text) as speech:
                phrase = self._say(speech)
                if text not in NUMBERS and not playing.again:
                    self._to_be_said.append((onset, text))
                start = onset - self._frames(phrase.onset_ms)
                self.said.append(Said(text, start / self.rate, (start + phrase.frames) / self.rate))
                self.mixer.place(phrase.samples, onset - self._frames(phrase.onset_ms), gain_db=cue.gain_db)
            case plan.BreathTone() | plan.Clip() as sound:
                self.mixer.place(self._toned(sound), onset, gain_db=cue.gain_db)
