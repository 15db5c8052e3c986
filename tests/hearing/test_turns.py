"""Turn detection: found at any level, cut the same whatever the blocks, ended after its patience."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.hearing.turns import (
    CHUNK_MS,
    MOST_CHUNKS,
    Ended,
    Part,
    Paused,
    Started,
    Talk,
    TurnDetector,
)

RATE = 16_000
Say = Callable[..., npt.NDArray[np.float32]]
Sound = npt.NDArray[np.float32]


def parts_of(sound: Sound, sizes: list[int] | None = None, patience_ms: int | None = None) -> list[Part]:
    """What a fresh detector makes of a sound given in blocks of these sizes, over and over."""
    detector = TurnDetector()
    if patience_ms is not None:
        detector.patience_ms = patience_ms
    parts, at, turn = [], 0, 0
    while at < len(sound):
        size = sizes[turn % len(sizes)] if sizes else len(sound)
        parts += detector.feed(sound[at : at + size])
        at, turn = at + size, turn + 1
    return parts + detector.finish()


def turns(parts: list[Part]) -> list[Ended]:
    """The ends of real turns."""
    return [part for part in parts if isinstance(part, Ended) and part.real]


def told(parts: list[Part]) -> list[object]:
    """Parts with samples joined, so that they can be compared."""
    talk = np.concatenate([part.samples for part in parts if isinstance(part, Talk)] or [np.zeros(0, np.float32)])
    return [part for part in parts if not isinstance(part, Talk)] + [talk.tobytes()]


@pytest.mark.parametrize("word", ["stop", "skip", "go on", "help us calm down"])
@pytest.mark.parametrize("voice", ["espeak-ng:en-us", "flite:rms"])
def test_words_become_one_turn(say: Say, word: str, voice: str) -> None:
    """Also a single short word is a turn, begun within 150 ms of it and ended within 200."""
    sound = say(word, voice)
    (turn,) = turns(parts_of(sound))
    assert RATE * 0.9 < turn.start < RATE * 1.55  # flite begins with up to 0.4 s of silence
    assert len(sound) - RATE * 1.55 < turn.end < len(sound) - RATE * 0.8


UNSURE = (0.19, 0.44, 0.53, 0.3, 0.23, 0.15, 0.21, 0.38, 0.58, 0.47, 0.44, 0.37, 0.39, 0.34, 0.38, 0.4, 0.44, 0.35)
"""What the detector gave for a synthetic "carry on" across a room, with noise at 10 dB."""


FAINT = (
    *(0.1, 0.22, 0.17, 0.14, 0.11, 0.14, 0.27, 0.17, 0.29, 0.15, 0.27, 0.22, 0.26, 0.26, 0.28, 0.32, 0.19, 0.16, 0.18),
    *(0.17, 0.19, 0.14, 0.09, 0.06, 0.04),
)
"""The same for "I need a hug": nothing in it is likely, but much of it is likelier than the noise."""
NOISE = 10 * (0.09, 0.05, 0.14, 0.02, 0.1, 0.12, 0.06, 0.03)
"""More than a vacuum cleaner or a running tap has."""


def heard_as(
    monkeypatch: pytest.MonkeyPatch, chances: Sequence[float], *, guide_from: float = math.inf
) -> list[tuple[int, int, bool]]:
    """First and last chunk of each turn, and whether it is real, where the detector gives these chances and silence
    after them; from chunk ``guide_from`` on an echo is judged."""
    given = iter([*chances, *[0.0] * 1200])
    monkeypatch.setattr(TurnDetector, "_probability", lambda *_: next(given))
    detector, chunk = TurnDetector(), np.zeros(512, np.float32)
    parts = [
        part for at in range(len(chances) + 60) for part in detector.feed(chunk, chunk if at >= guide_from else None)
    ]
    return [(end.start // 512, end.end // 512, end.real) for end in parts if isinstance(end, Ended)]


@pytest.mark.parametrize(
    ("chances", "found"),
    [
        ((0.0, *UNSURE), [(1, 19, True)]),
        ((0.0, *FAINT), [(7, 22, True)]),
        (NOISE, []),
        ((0.0, 0.9, 0.9), [(1, 3, True)]),  # "stop" across a noisy room
        ((0.0, 0.4, 0.4, 0.4, 0.4), [(1, 5, False)]),
        ((0.9, 0.9, *10 * (0.3,), 0.9), [(0, 13, True)]),  # it goes on from 0.25
        ((0.9, 0.9, *10 * (0.2,)), [(0, 2, True)]),
        ((*12 * (0.21,), *20 * (0.17,)), [(0, 32, True)]),  # a faint voice from 0.15
        ((*12 * (0.21,), 0.6, 0.6, *20 * (0.17,)), [(0, 14, True)]),  # until it is sure
    ],
)
def test_a_voice_that_is_never_quite_sure_is_found(
    chances: tuple[float, ...], found: list[tuple[int, int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No two pieces of it in a row are surely speech, but all of it is likelier than noise."""
    assert heard_as(monkeypatch, chances) == found


@pytest.mark.parametrize("chances", [UNSURE, FAINT, (0.0, *8 * (0.7,))])
def test_over_the_guide_only_a_sure_voice_is_found(chances: tuple[float, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is likely is a rest of it, and begins no turn once the guide is silent either."""
    assert heard_as(monkeypatch, chances, guide_from=0) == []
    guide = iter([*chances, *[0.0] * 60])
    monkeypatch.setattr(TurnDetector, "_probability", lambda *_: next(guide))
    detector, chunk = TurnDetector(), np.zeros(512, np.float32)
    for _ in chances:
        detector.feed(chunk, chunk)
    assert detector.feed(np.zeros(50 * 512, np.float32)) == []


def test_the_guide_begins_while_somebody_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said before it counts, and its rest does not make the turn longer."""
    assert heard_as(monkeypatch, [*8 * (0.21,), *40 * (0.3,)], guide_from=8) == [(0, 8, True)]
    assert heard_as(monkeypatch, [0.9, 0.9, *40 * (0.3,)], guide_from=2) == [(0, 2, True)]
    assert heard_as(monkeypatch, [0.9, 0.9, *40 * (0.3,)], guide_from=0) == [(0, 2, False)]


def test_what_is_silent_after_a_cut_is_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A faint voice that ends just where it was cut."""
    assert heard_as(monkeypatch, [0.21] * MOST_CHUNKS) == [
        (0, MOST_CHUNKS, True),
        (MOST_CHUNKS, MOST_CHUNKS, False),
    ]


@pytest.mark.parametrize("level_db", [-20.0, -50.0, -56.0])
def test_far_voices_are_found(say: Say, level_db: float) -> None:
    """A voice at -50 dBFS, and somewhat below, is as good as one close by."""
    clean = say("help us calm down") / 0.05
    sound = (clean * 10 ** (level_db / 20)).astype(np.float32)
    near = turns(parts_of(say("help us calm down")))[0]
    (far,) = turns(parts_of(sound))
    assert abs(far.start - near.start) <= 3 * 512
    assert abs(far.end - near.end) <= 3 * 512


@settings(max_examples=12)
@given(sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_blocks_do_not_matter(say: Say, sizes: list[int]) -> None:
    """Any cutting of the stream gives the same parts and samples."""
    sound = say("stop")
    assert told(parts_of(sound, sizes)) == told(parts_of(sound))


def test_over_the_guide_a_blip_is_nobody(say: Say) -> None:
    """A tenth of a second of voice is a word by itself, and a rest of the guide's where an echo is judged."""
    whole = say("no")
    first = int(np.flatnonzero(np.abs(whole) > 0.02)[0])

    def is_word(ms: int, *, judged: bool) -> bool:
        cut = np.concatenate([whole[: first + ms * 16], whole[:RATE]])
        parts = TurnDetector().feed(cut, cut if judged else None)
        return any(part.real for part in parts if isinstance(part, Ended))

    lengths = range(60, 260, 20)
    assert is_word(lengths[-1], judged=True)
    assert not any(is_word(ms, judged=True) and not is_word(ms, judged=False) for ms in lengths)
    assert any(is_word(ms, judged=False) and not is_word(ms, judged=True) for ms in lengths)


@pytest.mark.parametrize("eager", [False, True])
def test_soft_words_count_where_an_answer_is_awaited(eager: bool, monkeypatch: pytest.MonkeyPatch, say: Say) -> None:
    """Two pieces in a row that are likely speech are enough then, and at no other time."""
    chances = iter([0.1, 0.4, 0.42, 0.2, *[0.0] * 100])
    monkeypatch.setattr(TurnDetector, "_probability", lambda *_: next(chances))
    detector = TurnDetector()
    detector.eager = eager
    assert bool(turns(detector.feed(say("no")[: 60 * 512]))) == eager


def test_whatever_begins_a_turn_does_so_where_an_answer_is_awaited(say: Say) -> None:
    """However short and soft."""
    whole, noise = say("no"), np.random.default_rng(4).normal(0, 0.01, 80_000).astype(np.float32)
    first = int(np.flatnonzero(np.abs(whole) > 0.02)[0])

    def is_word(ms: int, level_db: float, *, eager: bool) -> bool:
        cut = np.concatenate([whole[: first + ms * 16], whole[:RATE]]) * np.float32(10 ** (level_db / 20))
        detector = TurnDetector()
        detector.eager = eager
        parts = detector.feed(cut + noise[: len(cut)])
        return any(part.real for part in parts if isinstance(part, Ended))

    words = [(ms, level_db) for ms in range(60, 260, 20) for level_db in (0.0, -6.0, -12.0)]
    always = {word for word in words if is_word(*word, eager=False)}
    then = {word for word in words if is_word(*word, eager=True)}
    assert always
    assert always <= then


def test_a_turn_ends_after_its_patience(say: Say) -> None:
    """The pause is noticed 200 ms after the last speech, the end after the patience; more patience joins two words."""
    sound = np.concatenate([say("stop"), say("again")])
    parts = parts_of(sound)
    assert len(turns(parts)) == 2
    assert len(turns(parts_of(sound, patience_ms=4000))) == 1
    first_end = turns(parts)[0].end
    paused = next(part for part in parts if isinstance(part, Paused))
    assert paused.frame - first_end == 6 * 512


def test_what_is_heard_does_not_depend_on_patience(say: Say) -> None:
    """The samples of a turn end 200 ms after its last speech, however long it is then waited."""
    sound = say("help us calm down")
    short, long = (told(parts_of(sound, patience_ms=ms))[-1] for ms in (300, 3000))
    assert short == long


def test_endless_talk_is_cut(say: Say) -> None:
    """Nobody talks longer than a recognizer can take; the next turn begins where the last was cut."""
    voice = say("the quick brown fox jumps over the lazy dog while we go on and on about it")[RATE:-RATE]
    parts = parts_of(np.tile(voice, 12))
    ends = turns(parts)
    starts = [part.frame for part in parts if isinstance(part, Started)]
    assert len(ends) >= 2
    assert all(end.end - end.start <= (MOST_CHUNKS + 1) * 512 for end in ends)
    assert starts[1] == ends[0].end


def test_silence_and_noise_are_nobody() -> None:
    """Silence, hiss, hum and a constant offset begin no turn."""
    noise = np.random.default_rng(3)
    seconds = np.arange(5 * RATE) / RATE
    sounds = [
        0 * seconds,
        noise.normal(0, 0.01, len(seconds)),
        0.1 * np.sin(2 * np.pi * 50 * seconds),
        0.3 + 0 * seconds,
    ]
    for sound in sounds:
        assert turns(parts_of(sound.astype(np.float32))) == []


def test_a_quiet_room_costs_nothing() -> None:
    """The detector is not asked while nothing rises above the noise: after the first moments, never."""
    detector = TurnDetector()
    asked: list[float] = []
    detector._ask = lambda chunk, gain: asked.append(gain) or 0.0  # type: ignore[func-returns-value,method-assign]
    room = np.random.default_rng(5).normal(0, 1e-3, 60 * RATE).astype(np.float32)
    detector.feed(room)
    assert len(asked) < 60_000 / CHUNK_MS * 0.02


def test_feeding_nothing_gives_nothing() -> None:
    """An empty block and an empty stream are allowed."""
    detector = TurnDetector()
    assert detector.feed(np.zeros(0, np.float32)) == []
    assert detector.finish() == []


def test_what_comes_after_a_closed_microphone_is_so_much_later(say: Say) -> None:
    """Twenty minutes that nobody heard are twenty minutes."""
    sound, closed = say("help us calm down"), 20 * 60 * RATE
    before, after = TurnDetector(), TurnDetector()
    after.skip(closed)
    ends = [turns(one.feed(sound) + one.finish())[0] for one in (before, after)]
    assert (ends[1].start - ends[0].start, ends[1].end - ends[0].end) == (closed, closed)


@pytest.mark.parametrize("heard_s", [1.2, 1.6])
def test_a_microphone_that_closes_in_mid_turn_ends_it(say: Say, heard_s: float) -> None:
    """Nobody heard how it went on, so it is no real turn; what is said an hour later is one of its own."""
    sound, hour = say("help us calm down"), 3600 * RATE
    detector, fresh = TurnDetector(), TurnDetector()
    cut = detector.feed(sound[: int(heard_s * RATE)])
    assert [type(part) for part in cut][:1] == [Started]
    ended = detector.skip(hour // 2) + detector.skip(hour - hour // 2)
    assert [(type(part), part.real) for part in ended if isinstance(part, Ended)] == [(Ended, False)]
    (later,) = turns(detector.feed(sound) + detector.finish())
    (alone,) = turns(fresh.feed(sound) + fresh.finish())
    assert later.real
    assert later.start - alone.start == later.end - alone.end == hour + int(heard_s * RATE)
