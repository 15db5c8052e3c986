"""A room's performer: the usual one, whose breaths fall together with those of the other rooms."""

from __future__ import annotations

from voice.guiding.timeline import Speech, Timeline
from voice.rooms.unison import Unison, explanation, postponed
from voice.speaking.backgrounds import AS_USUAL, Ambience
from voice.speaking.mixer import Mixer
from voice.speaking.performer import Performer
from voice.speaking.voice import Voice


class RoomPerformer(Performer):
    """Plays timelines on the clock of the house."""

    def __init__(
        self,
        mixer: Mixer,
        voice: Voice,
        rate: int,
        voice_lost: str,
        unison: Unison,
        join: str,
        ambience: Ambience = AS_USUAL,
    ) -> None:
        """``join`` is said where a room waits long for the others' next breath; it is rendered now."""
        super().__init__(mixer, voice, rate, voice_lost, ambience)
        self._unison = unison
        voice.prepare([join], pin=True)
        length = self.measure(Speech(join))
        self._join = explanation(join, length.duration_ms)

    def _begin(self, timeline: Timeline, frame: int, *, beside: bool = False, again: bool = False) -> None:
        wait = self._unison.wait_frames(self, timeline, frame, frame)
        wait_ms, rest = divmod(wait * 1000, self.rate)
        if wait_ms:
            timeline = postponed(timeline, wait_ms, self._join)
        # Frames are finer than the timeline's milliseconds: what is left of the wait moves the whole.
        super()._begin(timeline, frame + rest // 1000, beside=beside, again=again)
        self._tell()

    def _change(self, frame: int, timeline: Timeline) -> None:
        super()._change(frame, timeline)
        self._tell()

    def _cut(self, frame: int, fade_ms: int) -> bool:
        self._unison.rests(self)
        return super()._cut(frame, fade_ms)

    def _tell(self) -> None:
        playing = self._playing
        if playing:
            self._unison.breathes(self, playing.timeline, playing.origin, self._wait_longer)

    def _wait_longer(self, frames: int, now: int) -> None:
        """Another room was asked a moment later: wait for it."""
        playing = self._playing
        wait_ms = frames * 1000 // self.rate
        if playing is None or wait_ms <= 0:
            return
        # What has sounded and is not reported yet stays to be reported; a change looks only at what is to come.
        sounded = [event for event in playing.reports if event.t <= now / self.rate]
        self._change(now, postponed(playing.timeline, wait_ms))
        playing.reports = [*sounded, *playing.reports]
