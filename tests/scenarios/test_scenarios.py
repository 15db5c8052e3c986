"""Every conversation in ``tests/scenarios/*.yaml``, typed, on a virtual clock, with the real synthesizer.

A step is one of: ``they say`` (typed at that moment), ``it says`` (this sentence has been spoken), ``it breathes``
(this many rounds have begun), ``it is`` (the conversation's state), ``wait`` (seconds), ``it is silent for`` (seconds
without any sound), ``they shout`` (so many times over the guide), ``it has not said``
(this sentence, so far), ``they press`` (a key), ``they perhaps say``
("stop", but it is not sure). ``settings`` are the couple's, with ``written_down`` the words go into
an events file. It is half past eight in the evening of Wednesday, 25 March 2026 in Berlin, or what
``clock`` says; the step ``clock`` sets the clock by hand, ``zone`` the place, ``later`` lets so many minutes pass in
which nothing is heard and nothing runs (the machine sleeps), ``restart`` switches it off for so many minutes, ``they
talk`` is talk for so many seconds that is not for the guide, ``they make a noise`` is nobody's, ``the journal has`` and
``it promised`` look at the store and at the events. ``keep`` holds ``quiet_hours`` and ``patience``,
``journal`` practices of two days before. Scenarios with ``voice`` are also spoken by that
synthetic voice into the real recognizer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from voice.app import FILE_RATE, Content, Options, build_session, listen_with, load_content, prepare_now
from voice.content import read_yaml
from voice.drives.virtual import BLOCK_MS, HEARING_RATE, VirtualClock
from voice.events import Beat, Cue, Doubted, Ducked, Due, Event, Ignored, Promised, Speech
from voice.guiding.settings import Settings
from voice.hearing.recognizer import Recognizer
from voice.keeping import records
from voice.keeping.clock import clock_at, clock_from
from voice.keeping.due import Rules
from voice.keeping.keeper import Keeper
from voice.keeping.records import Row
from voice.keeping.settings import load_rules
from voice.keeping.store import memory_store
from voice.speaking.mixer import Mixer
from voice.speaking.voice import Voice
from voice.understanding.recognition import NOBODY

CLOCK = "2026-03-25T20:30[Europe/Berlin]"
LONGEST_S = 900
"""Nothing in a scenario takes longer to come, seconds."""


def _scenarios() -> Iterator[Any]:
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for scenario in read_yaml(path).data:
            yield pytest.param(scenario, id=f"{path.stem}: {scenario['title']}")


def _spoken() -> Iterator[Any]:
    yield from (param for param in _scenarios() if "voice" in param.values[0])


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

    def __init__(self, content: Content, voice: Voice, scenario: dict[str, Any]) -> None:
        """Begin in a silent room."""
        content = replace(content, settings=Settings(**_tupled(scenario.get("settings", {}))))
        self.events: list[Event] = []
        self.content, self.voice, self.scenario = content, voice, scenario
        self.store = memory_store()
        for practice in scenario.get("journal", ()):
            records.write_row(self.store, Row(practice, "2026-03-23T22:00:00+01:00", 300.0, "finished"))
        self.shown = clock_at(scenario.get("clock", CLOCK))
        self.begin()
        self._looked_at = 0

    def begin(self) -> None:
        """Switch it on."""
        rules = _rules(self.scenario.get("keep", {}))
        titles = self.content.titles
        keeper = Keeper(self.store, lambda t: clock_from(self.shown)(t), rules, self.content.responses, titles)
        session = build_session(
            self.content, self.voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, self.events.append, keeper
        )
        session.written_down = self.scenario.get("written_down", False)
        self.session = session
        self.vclock = VirtualClock(session, None)

    # The clock, and the machine

    def clock(self, written: str) -> None:
        """Somebody sets the clock; the uptime goes on."""
        now, t = clock_at(written), self.session.now_s
        self.shown = replace(self.shown, utc=now.utc - timedelta(seconds=t), zone=now.zone)

    def zone(self, name: str) -> None:
        """They travel."""
        self.shown = replace(self.shown, zone=name)

    def later(self, minutes: float) -> None:
        """The machine sleeps for a while; its uptime counts that too."""
        self.wait(10.0)
        passed = timedelta(minutes=minutes)
        self.shown = replace(
            self.shown, utc=self.shown.utc + passed, uptime_s=self.shown.uptime_s + passed.total_seconds()
        )
        self.wait(2.5)

    def restart(self, minutes: float) -> None:
        """It is switched off, and on again so many minutes later."""
        utc = clock_from(self.shown)(self.session.now_s).utc + timedelta(minutes=minutes)
        self.shown = replace(self.shown, utc=utc, uptime_s=0.0, boot=self.shown.boot + "'")
        self.begin()
        self.wait(3.0)

    def they_talk(self, seconds: float) -> None:
        """Talk that is none of the guide's business."""
        self.session.receive(Speech(t=self.session.now_s, edge="start"))
        self.wait(seconds)
        self.session.receive(Speech(t=self.session.now_s, edge="end"))
        self.session.receive(Ignored(t=self.session.now_s, text="and so on", why="not for me"))

    def they_make_a_noise(self, seconds: float) -> None:
        """Something that is taken for a voice, once a question has been asked, and turns out to be none."""
        while not self.session.conversation.awaiting:
            self.step()
        self.session.take(Speech(t=self.session.now_s, edge="start"))
        self.wait(seconds)
        self.session.take(Speech(t=self.session.now_s, edge="end"))
        self.session.take(Ignored(t=self.session.now_s, text="", why=NOBODY))

    def the_journal_has(self, rows: list[str]) -> None:
        """Each row as its practice and how it ended."""
        assert [f"{row.practice} {row.outcome}" for row in records.rows(self.store)] == rows

    def it_kept_numbers(self, values: list[int]) -> None:
        """In the order in which they were given."""
        assert [number.value for number in records.numbers(self.store)] == values

    def it_promised(self, what: str) -> None:
        """Kind and time of the latest promise, and whether it was read back at the start."""
        latest = [event for event in self.events if isinstance(event, Promised)][-1]
        assert f"{latest.what} {latest.due[:16]}{latest.due[19:]}" + (" restored" if latest.restored else "") == what

    def it_has_not_brought_up(self, what: str) -> None:
        """Nothing of this kind has come due so far."""
        assert not [event for event in self.events if isinstance(event, Due) and event.what == what]

    def it_chimes(self, times: int) -> None:
        """The chime has sounded so often since the scenario began."""
        self.wait(3.0)
        chimes = [event for event in self.events if isinstance(event, Cue) and event.text == "chime"]
        assert len(chimes) == times

    def until(self, happened: Any, what: str) -> None:
        """Let time pass until an event that has not been looked at yet fits."""
        end = self.session.now_s + LONGEST_S
        while self.session.now_s < end:
            for index in range(self._looked_at, len(self.events)):
                if happened(self.events[index]):
                    self._looked_at = index + 1
                    return
            self._looked_at = len(self.events)
            if self.vclock.is_idle:
                self.wait(2.0)
                assert len(self.events) > self._looked_at, f"{what}: it came to rest without it"
            self.step()
        raise AssertionError(f"{what}: not within {LONGEST_S} s")

    def step(self) -> None:
        """Ten milliseconds."""
        self.vclock.step()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        end = self.session.now_s + seconds
        while self.session.now_s < end:
            self.step()

    def they_say(self, text: str) -> None:
        """Words, given now, or when the question has been asked."""
        self.wait(0.1)
        while self.session.conversation.state in ("asking", "turn") and not self.session.conversation.awaiting:
            self.step()
        self.utter(text)
        self.wait(0.1)

    def utter(self, text: str) -> None:
        """Typed."""
        self.session.read(text)

    def it_has_not_said(self, text: str) -> None:
        """The sentence has not been spoken so far."""
        assert not [event for event in self.events if isinstance(event, Cue) and event.text == text]

    def they_press(self, key: str) -> None:
        """A key at the terminal."""
        self.session.press(key)

    def they_perhaps_say(self, text: str) -> None:
        """Something that may have been "stop" is heard over the guide."""
        assert text == "stop"
        self.session.receive(Doubted(t=self.session.now_s))
        self.wait(0.1)

    def they_shout(self, times: int) -> None:
        """The guide is lowered so many times, two seconds apart, because they talk over it."""
        for _ in range(times):
            self.session.receive(Ducked(t=self.session.now_s, db=-15.0))
            self.wait(1.0)
            self.session.receive(Ducked(t=self.session.now_s, db=0.0))
            self.wait(1.0)

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


class HeardStage(Stage):
    """The same with synthetic voices, heard by the real recognizer in a quiet room."""

    def __init__(self, content: Content, voice: Voice, scenario: dict[str, Any], whisper: Recognizer, say: Any) -> None:
        """``say`` makes samples of words: float32 at 16 kHz."""
        super().__init__(content, voice, scenario)
        listen_with(self.session, whisper, content, lambda frame: frame / HEARING_RATE)
        self._say = lambda text: say(text, scenario["voice"])
        self._room = np.random.default_rng(1).normal(0.0, 3e-4, HEARING_RATE * BLOCK_MS // 1000).astype(np.float32)

    def step(self) -> None:
        """Ten milliseconds of a quiet room."""
        self.vclock.step(lambda frames: self._room)

    def utter(self, text: str) -> None:
        """Spoken, and then a second for it to be understood."""
        samples = self._say(text)[HEARING_RATE:-HEARING_RATE]
        for start in range(0, len(samples), len(self._room)):
            block = samples[start : start + len(self._room)]
            padded = np.pad(block, (0, len(self._room) - len(block)))
            self.vclock.step(lambda frames, padded=padded: padded)
        self.wait(1.0)


def _tupled(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}


def _rules(written: dict[str, Any]) -> Rules:
    """What these lines mean in a settings file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "settings.yaml"
        path.write_text(json.dumps(written))
        return load_rules(path)[0]


def play(stage: Stage, talk: list[dict[str, Any]]) -> None:
    """They say this, it does that."""
    for step in talk:
        ((verb, value),) = step.items()
        getattr(stage, verb.replace(" ", "_"))(value)


@pytest.mark.parametrize("scenario", list(_scenarios()))
def test_the_conversation_goes_as_written(scenario: dict[str, Any], content: Content, voice: Voice) -> None:
    """Typed."""
    play(Stage(content, voice, scenario), scenario["talk"])


@pytest.mark.audio
@pytest.mark.parametrize("scenario", list(_spoken()))
def test_the_conversation_goes_as_written_when_it_is_spoken(
    scenario: dict[str, Any], content: Content, voice: Voice, whisper: Recognizer, say: Any
) -> None:
    """By a synthetic voice, heard by the real recognizer."""
    play(HeardStage(content, voice, scenario, whisper, say), scenario["talk"])
