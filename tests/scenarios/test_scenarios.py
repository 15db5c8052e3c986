"""Every conversation in ``tests/scenarios/*.yaml``, typed, on a virtual clock, with the real synthesizer.

A step is one of: ``they say`` (typed at that moment), ``it says`` (this sentence has been spoken), ``it breathes``
(this many rounds have begun), ``it is`` (the conversation's state), ``wait`` (seconds), ``it is silent for`` (seconds
without any sound).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from voice.app import FILE_RATE, Content, Options, build_session, load_content, prepare_now
from voice.content import read_yaml
from voice.drives.virtual import VirtualClock
from voice.events import Beat, Cue, Event
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice

LONGEST_S = 900
"""Nothing in a scenario takes longer to come, seconds."""


def _scenarios() -> Iterator[Any]:
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for scenario in read_yaml(path).data:
            yield pytest.param(scenario["talk"], id=f"{path.stem}: {scenario['title']}")


@pytest.fixture(scope="module")
def content() -> Content:
    """The built-in practices and intents."""
    return load_content(Options())


@pytest.fixture(scope="module")
def voice() -> Iterator[Voice]:
    """The real synthesizer."""
    voice = Voice(FILE_RATE)
    yield voice
    voice.close()


class Stage:
    """Plays the two people's part, and looks at what happens."""

    def __init__(self, content: Content, voice: Voice) -> None:
        """Begin in a silent room."""
        self.events: list[Event] = []
        session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, self.events.append)
        self.session = session
        self.clock = VirtualClock(session, None)
        self._looked_at = 0

    def until(self, happened: Any, what: str) -> None:
        """Let time pass until an event that has not been looked at yet fits."""
        end = self.session.now_s + LONGEST_S
        while self.session.now_s < end:
            for index in range(self._looked_at, len(self.events)):
                if happened(self.events[index]):
                    self._looked_at = index + 1
                    return
            self._looked_at = len(self.events)
            if self.clock.is_idle:
                self.wait(2.0)
                assert len(self.events) > self._looked_at, f"{what}: it came to rest without it"
            self.clock.step()
        raise AssertionError(f"{what}: not within {LONGEST_S} s")

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        end = self.session.now_s + seconds
        while self.session.now_s < end:
            self.clock.step()

    def they_say(self, text: str) -> None:
        """Words, given now, or when the question has been asked."""
        self.wait(0.1)
        while self.session.conversation.state in ("asking", "turn") and not self.session.conversation.awaiting:
            self.clock.step()
        self.session.read(text)
        self.wait(0.1)

    def it_says(self, text: str) -> None:
        """The sentence has been spoken to its end."""
        self.until(lambda event: isinstance(event, Cue) and event.text == text, f'it says "{text}"')

    def it_breathes(self, rounds: int) -> None:
        """The breath of this number has begun."""
        self.until(lambda event: isinstance(event, Beat) and event.round == rounds, f"it breathes {rounds}")

    def it_is(self, state: str) -> None:
        """The conversation is in this state now."""
        self.wait(1.0)
        assert self.session.conversation.state == state

    def it_is_silent_for(self, seconds: float) -> None:
        """No sound begins."""
        self.wait(0.2)
        before = self.session.now_s
        self.wait(seconds)
        assert not [event for event in self.events if isinstance(event, Cue) and event.start > before]


@pytest.mark.parametrize("talk", list(_scenarios()))
def test_the_conversation_goes_as_written(talk: list[dict[str, Any]], content: Content, voice: Voice) -> None:
    """They say this, it does that."""
    stage = Stage(content, voice)
    for step in talk:
        ((verb, value),) = step.items()
        getattr(stage, verb.replace(" ", "_"))(value)
