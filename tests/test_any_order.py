"""Whatever happens in whatever order, in a whole session: "stop" is silence and idle, and nothing clicks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.app import Content, Options, build_session, load_content, prepare_now
from voice.content import builtin_folder
from voice.drives.virtual import VirtualClock
from voice.events import Doubted, Ducked, Event, Ignored, Speech, Understood
from voice.guiding.practice import load_practices
from voice.guiding.transitions import TRANSITIONS
from voice.session import Session
from voice.speaking.mixer import EDGE_MS, Mixer
from voice.speaking.performer import FADE_MS
from voice.speaking.phrase import Phrase
from voice.understanding.recognition import NOBODY

RATE = 16_000
LEVEL = 0.05
"""Every sound is steady, so that only fades and steps show."""
TOGETHER = 6
"""More sounds than ever overlap, louder ones counted for it."""
STEP = TOGETHER * LEVEL * 3 / (EDGE_MS * RATE // 1000)
"""What a sample may differ from the one before: an edge, a fade and a gain ramp may coincide."""
PRACTICES = sorted(load_practices([builtin_folder("scripts")]))
SAID = sorted(
    {trigger for _, trigger in TRANSITIONS if not trigger.startswith(("timer:", "speech-", "safety:"))}
    - {"start", "about", "answer", "finished", "level", "heard", "ignored", "ducked", "doubted", "deaf", "muted"}
    - {"stop-listening"}  # no word is heard after it, and its own falling tone is still to be
)


class Steady:
    """A voice whose words are all one level."""

    name = "steady"

    def has(self, text: str, *, slow: bool = False) -> bool:
        """Always."""
        return True

    def say(self, text: str, *, slow: bool = False) -> Phrase:
        """60 ms a character, up to a second."""
        return Phrase(np.full(RATE * min(60 * len(text), 1000) // 1000, LEVEL, np.float32), 0, RATE)

    def prepare(self, texts: object, *, slow: bool = False, pin: bool = False) -> None:
        """Nothing to make."""


class Heard:
    """What comes out."""

    def __init__(self) -> None:
        self.blocks: list[npt.NDArray[np.float32]] = []

    def write(self, block: npt.NDArray[np.float32]) -> None:
        """Keep it."""
        self.blocks.append(block)

    def from_s(self, seconds: float) -> npt.NDArray[np.float32]:
        """Samples from there on."""
        return np.concatenate(self.blocks)[round(seconds * RATE) :]


@cache
def content() -> Content:
    """The built-in practices."""
    return load_content(Options())


def begin() -> Session:
    """A session whose sounds are steady."""
    session = build_session(content(), Steady(), Mixer(RATE), RATE, prepare_now, lambda event: None)  # type: ignore[arg-type]
    session.performer._toned = lambda sound: np.full(RATE, LEVEL, np.float32)  # type: ignore[method-assign]
    return session


Happening = Callable[[float], Event]
happenings = st.one_of(
    st.sampled_from(PRACTICES).map(
        lambda practice: lambda t: Understood(t=t, intent="Start", practice=practice, starts=True)
    ),
    st.sampled_from(SAID).map(lambda control: lambda t: Understood(t=t, intent="Said", control=control)),
    st.sampled_from(["more", "enough", "yes", "no"]).map(
        lambda answer: lambda t: Understood(t=t, intent="Answer", answer=answer)
    ),
    st.sampled_from(
        [
            lambda t: Speech(t=t, edge="start"),
            lambda t: Speech(t=t, edge="end"),
            lambda t: Ignored(t=t, text="", why=NOBODY),
            lambda t: Doubted(t=t),
            lambda t: Ducked(t=t, db=-15.0),
        ]
    ),
)  # fmt: skip
stories = st.lists(st.tuples(happenings, st.integers(1, 150)), max_size=8)


@given(first=st.sampled_from(PRACTICES), story=stories, keys=st.text(" q", max_size=1))
@settings(max_examples=30)
def test_stop_is_silence_and_idle_whatever_happened_before(
    first: str, story: list[tuple[Happening, int]], keys: str
) -> None:
    """Within the fade; nothing sounds afterwards, and on the way nothing moved faster than a fade."""
    session, out = begin(), Heard()
    clock = VirtualClock(session, out)  # type: ignore[arg-type]
    session.take(Understood(t=0.0, intent="Start", practice=first, starts=True))
    for happening, steps in story:
        for _ in range(steps):
            clock.step()
        session.take(happening(session.now_s))
    for key in keys:
        session.press(key)
    session.take(Understood(t=session.now_s, intent="Stop", control="stop"))
    stopped = session.now_s
    assert session.conversation.is_idle
    for _ in range(300):
        clock.step()
    assert session.conversation.is_idle
    assert not out.from_s(stopped + FADE_MS / 1000).any()
    assert np.max(np.abs(np.diff(out.from_s(0.0), prepend=0.0))) <= STEP
