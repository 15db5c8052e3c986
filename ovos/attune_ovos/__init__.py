"""Attune as a skill of Open Voice OS: what the Wyoming service answers, on its message bus.

A fallback skill, so that our own sentences decide, and not a second reading of them: it says of every utterance whether
it is ours, before the others have guessed. A practice is rendered into one file, so that its timing does not depend on
how the system speaks sentence after sentence.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from ovos_utils import classproperty
from ovos_utils.process_utils import RuntimeRequirements
from ovos_workshop.decorators import fallback_handler
from ovos_workshop.skills.fallback import FallbackSkill

from voice.app import Options, load_content
from voice.rooms.answers import Answer, Answers, of_the_house
from voice.rooms.rendering import Rendering, write_wav
from voice.scratch import scratch_folder
from voice.speaking.voice import Voice

RATE = 22_050
"""Hertz; what the synthesizer has."""
FIRST = 4
"""Before the system's own guesses at what was meant."""


class AttuneSkill(FallbackSkill):
    """Answers what Attune understands; speaks, or plays the practice."""

    @classproperty
    def runtime_requirements(self) -> RuntimeRequirements:
        """No network at all."""
        return RuntimeRequirements(
            internet_before_load=False, network_before_load=False, requires_internet=False, requires_network=False,
            no_internet_fallback=True, no_network_fallback=True,
        )  # fmt: skip

    def initialize(self) -> None:
        """Load sentences, practices and voice."""
        self._content = of_the_house(load_content(Options()))
        self._answers = Answers(self._content)
        self._voice = Voice(RATE)
        self._closing = ExitStack()
        self._folder = self._closing.enter_context(scratch_folder("skill"))

    def can_answer(self, message: Any) -> bool:
        """Whether one of the readings of what was said is ours."""
        return self._answer_to(message) is not None

    @fallback_handler(priority=FIRST)
    def handle(self, message: Any) -> bool:
        """Speak, or play the practice."""
        answer = self._answer_to(message)
        if answer is None:
            return False
        if answer.start is None:
            self.speak(answer.text)
        else:
            path = self._folder / "practice.wav"
            write_wav(Rendering(self._content, self._voice, answer.start), path)
            self.play_audio(str(path))
        return True

    def _answer_to(self, message: Any) -> Answer | None:
        readings = message.data.get("utterances") or [message.data.get("utterance", "")]
        answers = (self._answers.answer(text) for text in readings if isinstance(text, str))
        return next((answer for answer in answers if answer.handled), None)

    def shutdown(self) -> None:
        """End the voice, and delete what was played."""
        self._voice.close()
        self._closing.close()
