"""Everything that can be placed: phrases, breath tones and clips, made ahead where there is time."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from voice.errors import DeviceError
from voice.events import Error, Event
from voice.guiding import timeline as plan
from voice.guiding.compiling import Length
from voice.speaking.backgrounds import AS_USUAL, Ambience, background_loop
from voice.speaking.breath_sounds import Phase
from voice.speaking.phrase import Phrase
from voice.speaking.tones import breath_tone, load_sound
from voice.speaking.voice import Voice

LOGGER = logging.getLogger(__name__)


class Repertoire:
    """Sounds as samples, each kept once it was made; what sounds when is the performer's."""

    def __init__(self, voice: Voice, rate: int, voice_lost: str, ambience: Ambience = AS_USUAL) -> None:
        """``rate`` is the output rate, Hz; ``voice_lost`` is said once if the synthesizer breaks, so it is
        rendered now; ``ambience`` is what is heard beside words.
        """
        self.voice = voice
        self.rate = rate
        self.ambience = ambience
        voice.prepare([voice_lost], pin=True)
        self._voice_lost = voice.say(voice_lost)
        self.voice_is_lost = False
        self._made: dict[plan.Sound, NDArray[np.float32]] = {}
        self._reports: list[Event] = []

    def is_ready(self, sound: plan.Sound) -> bool:
        """Whether a sound can be placed without making the caller wait."""
        return self.voice.has(sound.text, slow=sound.slow) if isinstance(sound, plan.Speech) else sound in self._made

    def prepare(self, sounds: Iterable[plan.Sound]) -> None:
        """Make sounds ahead of time, on any thread; a broken synthesizer shows when its words are due."""
        if self.ambience.background != "none":
            background_loop(self.ambience.background, self.rate)
        for sound in sounds:
            if not isinstance(sound, plan.Speech):
                self._toned(sound)
                continue
            try:
                self.voice.prepare([sound.text], slow=sound.slow)
            except DeviceError as error:
                LOGGER.warning("a phrase could not be rendered: %s", error)

    def measure(self, sound: plan.Speech | plan.Clip) -> Length:
        """How long a sound is around its onset; renders it if it is not cached."""
        if isinstance(sound, plan.Clip):
            return Length(0, self._ms(len(self._toned(sound))))
        phrase = self._say(sound)
        return Length(phrase.onset_ms, self._ms(phrase.frames) - phrase.onset_ms)

    def _say(self, speech: plan.Speech) -> Phrase:
        """The phrase; if the synthesizer is broken, once the sentence that says so, and silence after that."""
        try:
            phrase = self.voice.say(speech.text, slow=speech.slow)
        except DeviceError as error:
            first = not self.voice_is_lost
            if first:
                self.voice_is_lost = True
                self._report(Error(t=0.0, what=str(error)))
            return self._voice_lost if first else Phrase(np.zeros(self.rate // 2, np.float32), 0, self.rate)
        self.voice_is_lost = False
        return phrase

    def _toned(self, sound: plan.BreathTone | plan.Clip) -> NDArray[np.float32]:
        """Samples of a tone, kept once they were made: a few, and always the same."""
        if sound not in self._made:
            if isinstance(sound, plan.Clip):
                self._made[sound] = load_sound(sound.name, self.rate, cues=self.ambience.cues)
            else:
                phase: Phase = "in" if sound.phase == "in" else "out"
                length_ms = sound.beats * sound.beat_ms
                self._made[sound] = breath_tone(phase, length_ms, self.rate, sound.beat_ms, self.ambience.cues)
        return self._made[sound]

    def _report(self, event: Event) -> None:
        self._reports.append(event)

    def _frames(self, ms: int) -> int:
        return ms * self.rate // 1000

    def _ms(self, frames: int) -> int:
        return round(frames * 1000 / self.rate)
