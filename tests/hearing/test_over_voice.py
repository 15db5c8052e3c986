"""What the guide says into its own microphone: no voice, no words; somebody over it: a voice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from voice.drives.echo_room import BLOCK, Downsampler, EchoPath, EchoRoom
from voice.hearing.echo import Cleaned, EchoCanceller
from voice.hearing.own_voice import OwnVoice
from voice.hearing.own_words import Said, are_own
from voice.hearing.residue import HISS, Residue
from voice.hearing.spotter import Spotter
from voice.hearing.turns import Started, TurnDetector
from voice.speaking.voice import Voice

Samples = npt.NDArray[np.float32]
Say = Callable[..., Samples]
RATE = 16_000
GUIDE = [
    Said("Breathe in.", 10.0, 11.0),
    Said("More, or enough?", 12.0, 13.5),
    Said("I am no help in an emergency, nor where one fears the other.", 20.0, 23.5),
]


@pytest.mark.parametrize(
    ("text", "start_s", "delay_s", "own"),
    [
        ("breathe in", 10.2, 0.1, True),
        ("Breathe, in!", 11.1, 0.1, True),
        ("breathe in", 11.4, 0.1, False),
        ("breathe in", 11.5, None, True),
        ("more", 12.8, 0.1, False),
        ("more", 12.8, None, True),
        ("more or less", 12.5, 0.1, False),
        ("stop it please", 10.2, 0.1, False),
        ("", 10.2, None, False),
        ("No.", 21.8, 0.1, True),
        ("no", 22.9, 0.1, False),
        ("stop", 21.8, 0.1, False),
    ],
)
def test_whose_words_they_are(text: str, start_s: float, delay_s: float | None, own: bool) -> None:
    """An early one-word answer is theirs once the echo is known to be weak; the rest of a word just said is not."""
    assert are_own(text, (start_s, start_s + 0.2), 0.9, GUIDE, delay_s, ["more", "enough"]) is own


@pytest.mark.parametrize(
    ("text", "start_s", "own"),
    [
        ("Ever like.", 30.4, True),
        ("ever likes begin", 30.4, True),
        ("ever like", 33.0, False),
        ("ever like stop", 30.4, False),
        ("never mind", 30.4, False),
        ("skip it", 40.3, False),
        ("how long", 50.3, False),
    ],
)
def test_a_rest_of_its_words_that_reads_otherwise_is_its_own(text: str, start_s: float, own: bool) -> None:
    """ "Whoever likes" came back as "ever like", which is near to "never mind"."""
    guide = [
        Said("Whoever likes begins.", 30.0, 31.4),
        Said("Keep it, then.", 40.0, 41.0),
        Said("Slow and long.", 50.0, 51.2),
    ]
    assert are_own(text, (start_s, start_s + 0.5), 0.5, guide, 0.1) is own


def test_what_is_hardly_understood_while_it_speaks_is_a_rest_of_it() -> None:
    """And in silence it is somebody's; "stop" always is."""
    assert are_own("next", (21.0, 21.5), 0.3, GUIDE, 0.1)
    assert not are_own("next", (21.0, 21.5), 0.6, GUIDE, 0.1)
    assert not are_own("next", (24.5, 25.0), 0.3, GUIDE, 0.1)
    assert not are_own("Stop.", (21.0, 21.5), 0.3, GUIDE, 0.1)
    assert are_own("Stop.", (21.0, 21.5), 0.3, [Said("We can breathe, or stop.", 20.0, 22.0)], 0.1)


@pytest.mark.parametrize(
    ("text", "own"),
    [("Say louder, softer, or fine.", True), ("Go on, or stop?", True), ("Breathe in slowly, and out.", False)],
)
def test_its_own_softer_is_no_stop(text: str, own: bool) -> None:
    """Nor its own "stop", whoever asks late; somebody's is while it says anything else, or has long said it."""
    guide = Voice(RATE)
    said = np.pad(guide.say(text).samples, (RATE, RATE))
    guide.close()
    step = 256
    spotter = Spotter()
    voice, found = OwnVoice(spotter.another()), []
    for at in range(0, len(said) - step, step):
        voice.play(said[at : at + step])
        loudest = max((score.words["stop"] for score in spotter.feed(said[at : at + step])), default=0.0)
        found += [voice.says("stop", 0.9, aligned=True)] if loudest > 0.7 or not own else []
    assert found
    assert all(found) if own else not any(found)
    for _ in range(200):
        voice.play(np.zeros(step, np.float32))
    assert not voice.says("stop", 0.9, aligned=True)


def voices_in(played: Samples, heard: list[Samples]) -> list[float]:
    """When somebody seems to begin to speak beside what is played, seconds."""
    canceller, residue, detector, found = EchoCanceller(), Residue(), TurnDetector(), []
    for at, taken in enumerate(heard):
        for block in canceller.feed(taken, played[at * BLOCK : (at + 1) * BLOCK]):
            judged = residue.suppress(block, aligned=canceller.delay_ms is not None)
            parts = detector.feed(block.samples, judged)
            found += [detector.frame / RATE for part in parts if isinstance(part, Started)]
    return found


def test_its_own_voice_is_no_voice_and_somebody_over_it_is(say: Say) -> None:
    sentence = "I'm here. Breathe in slowly, and let your shoulders sink. Breathe out, as long as you like."
    played = np.tile(say(sentence)[: 7 * RATE], 3)
    room = EchoRoom(EchoPath(None, -6.0, 90.0))
    echo = [room.feed(played[at : at + BLOCK]) for at in range(0, len(played) - BLOCK + 1, BLOCK)]
    assert len(voices_in(played, echo)) <= 1
    somebody = np.zeros(len(played) + RATE, np.float32)
    word = say("please wait", "flite:rms")
    somebody[16 * RATE : 16 * RATE + len(word)] = word
    both = [block + somebody[at * BLOCK : at * BLOCK + len(block)] for at, block in enumerate(echo)]
    assert [t for t in voices_in(played, both) if 16.9 < t < 18.2]


def test_where_there_is_no_echo_somebody_is_heard_over_the_guide(say: Say) -> None:
    """Headphones, or a device that cancels by itself: after four seconds of words nothing is waited for any more."""
    sentence = "I'm here. Breathe in slowly, and let your shoulders sink. Breathe out, as long as you like."
    played = np.tile(say(sentence)[: 7 * RATE], 3)
    heard = np.random.default_rng(3).normal(0.0, 3e-4, len(played)).astype(np.float32)
    word = say("please wait", "flite:rms")
    heard[16 * RATE : 16 * RATE + len(word)] += word[: len(heard) - 16 * RATE]
    blocks = [heard[at : at + BLOCK] for at in range(0, len(heard) - BLOCK + 1, BLOCK)]
    assert [t for t in voices_in(played, blocks) if 16.9 < t < 18.2]


def test_blocks_passed_by_leave_no_seam() -> None:
    """Where nothing was played for long the rest of the echo is not looked for; what follows is whole."""
    sound = np.random.default_rng(5).normal(0.0, 0.1, (6, 256)).astype(np.float32)
    silence = np.zeros(256, np.float32)
    residue, given = Residue(), {}
    for at, block in enumerate(sound):
        cleaned = Cleaned(block, silence, silence)
        if at in (1, 2):
            residue.pass_by(cleaned)
        else:
            given[at] = residue.suppress(cleaned, aligned=True)
    for at in (3, 4, 5):
        np.testing.assert_allclose(given[at], sound[at - 1], atol=6 * HISS)


@pytest.mark.parametrize("drift_ppm", [0, 200, -200])
def test_a_room_gives_what_the_clock_of_the_microphone_takes(drift_ppm: float) -> None:
    room = EchoRoom(EchoPath(None, 0.0, 0.0, drift_ppm))
    taken = sum(len(room.feed(np.zeros(BLOCK, np.float32))) for _ in range(6000))
    assert taken == pytest.approx(6000 * BLOCK / (1 + drift_ppm * 1e-6), abs=1)


def test_a_bare_wire_only_delays_and_weakens() -> None:
    played = np.random.default_rng(0).normal(0, 0.1, 20 * BLOCK).astype(np.float32)
    room = EchoRoom(EchoPath(None, -6.0, 10.0))
    echo = np.concatenate([room.feed(played[at : at + BLOCK]) for at in range(0, len(played), BLOCK)])
    late = 160 + 32
    np.testing.assert_allclose(echo[late:], played[: len(echo) - late] * 10 ** (-6 / 20), atol=0.01)


def test_the_downsampler_keeps_words_and_drops_what_would_fold() -> None:
    t = np.arange(48_000) / 48_000
    low, high = (np.sin(2 * np.pi * f * t).astype(np.float32) for f in (1000, 11_000))
    for tone, loud in ((low, 0.707), (high, 0.0)):
        down = Downsampler(48_000)
        out = np.concatenate([down.feed(tone[at : at + 480]) for at in range(0, 48_000, 480)])
        assert len(out) == 16_000
        assert np.sqrt(np.mean(np.square(out[200:]))) == pytest.approx(loud, abs=0.01)
