"""The voice: one loudness, exact onsets, a cache, and what happens when the synthesizer breaks."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt
import pytest

from voice.errors import DeviceError
from voice.speaking import voice as module
from voice.speaking.loudness import PEAK, SPEECH_LUFS, loudness_lufs
from voice.speaking.mixer import Mixer
from voice.speaking.phrase import onset_ms
from voice.speaking.voice import Voice

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
SENTENCES = [
    "I'm here. Two minutes, for whoever likes. Breathe in.",
    "Look at each other, or hold hands, if you both like.",
    "More, or enough?",
    "Stop",
    "My voice is gone; the tones go on.",
]
RATE = 48_000


class Beeps:
    """A synthesizer that beeps once per letter, at 22,050 Hz, with silence around; it can be broken."""

    name = "beeps"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures = 0
        self.restarts = 0

    def render(self, text: str, *, slow: bool = False) -> tuple[npt.NDArray[np.float32], int]:
        """A beep of 50 ms per letter, or the error that is due."""
        self.asked.append(text)
        if self.failures:
            self.failures -= 1
            raise DeviceError("broken", "mend it")
        beep = 0.9 * np.sin(2 * np.pi * 300 * np.arange((1500 if slow else 1100) * len(text)) / 22_050)
        quiet = np.zeros(5000)
        return np.concatenate([quiet, beep, quiet]).astype(np.float32), 22_050

    def restart(self) -> None:
        """Count it."""
        self.restarts += 1

    def close(self) -> None:
        """Nothing to release."""


@pytest.fixture(scope="module")
def real() -> Voice:
    """The voice that people hear."""
    voice = Voice(RATE)
    yield voice
    voice.close()


def test_what_is_said_slowly_takes_longer_and_is_kept_apart(real: Voice) -> None:
    """Three quarters of the pace, so a third longer, give or take rests."""
    usual, slow = real.say("What can you see?"), real.say("What can you see?", slow=True)
    assert 1.2 < len(slow.samples) / len(usual.samples) < 1.5
    assert real.say("What can you see?") is usual


def test_silence_is_trimmed_and_the_onset_measured_at_the_output_rate() -> None:
    """What is left is the beep in whole windows, 5 ms of silence around, at 48 kHz, and its onset by definition."""
    phrase = Voice(RATE, renderer=Beeps()).say("abcd")
    assert phrase.rate == RATE
    assert len(phrase.samples) / RATE == pytest.approx(4 * 1100 / 22_050 + 0.01 + 0.009 * 2, abs=0.003)
    assert not phrase.samples[:240].any()
    assert phrase.onset_ms == onset_ms(phrase.samples, RATE) <= 12


def test_a_text_is_rendered_once() -> None:
    """The second time it comes from the cache, as the same object, and cannot be written to."""
    beeps = Beeps()
    voice = Voice(RATE, renderer=beeps)
    assert not voice.has("hello")
    first = voice.say("hello")
    assert voice.has("hello")
    assert voice.say("hello") is first
    assert beeps.asked == ["hello"]
    with pytest.raises(ValueError, match="read-only"):
        first.samples[0] = 1


@pytest.mark.parametrize("text", ["", " ", "…", "--"])
def test_a_text_without_words_is_an_empty_phrase(text: str) -> None:
    """The synthesizer is not even asked: espeak-ng would wait for ever."""
    beeps = Beeps()
    phrase = Voice(RATE, renderer=beeps).say(text)
    assert len(phrase.samples) == phrase.onset_ms == 0
    assert not beeps.asked


def test_one_failure_is_mended_by_beginning_afresh() -> None:
    """A crash costs a restart, and the phrase is said."""
    beeps = Beeps()
    beeps.failures = 1
    assert len(Voice(RATE, renderer=beeps).say("hello").samples)
    assert beeps.restarts == 1


def test_a_broken_synthesizer_is_not_asked_again_while_a_practice_runs() -> None:
    """After two failures a new text is refused at once, a cached one is said, and ``prepare`` tries again."""
    beeps = Beeps()
    voice = Voice(RATE, renderer=beeps)
    voice.prepare(["my voice is gone"])
    beeps.failures = 2
    with pytest.raises(DeviceError, match="broken"):
        voice.say("hello")
    asked = len(beeps.asked)
    with pytest.raises(DeviceError, match="broken"):
        voice.say("another")
    assert len(beeps.asked) == asked
    assert len(voice.say("my voice is gone").samples)
    voice.prepare(["hello"])
    assert len(voice.say("another").samples)


def test_the_cache_is_bounded_and_what_is_pinned_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest unused phrases go first; a pinned one never does."""
    monkeypatch.setattr(module, "CACHE_S", 2)
    voice = Voice(RATE, renderer=Beeps())
    voice.prepare(["keep this one"], pin=True)
    texts = [f"text number {number}" for number in range(20)]
    voice.prepare(texts)
    assert [voice.has(text) for text in ("keep this one", texts[0], texts[-1])] == [True, False, True]


def test_several_threads_may_ask_at_once() -> None:
    """Each text is rendered once, whoever asks."""
    beeps = Beeps()
    voice = Voice(RATE, renderer=beeps)
    threads = [threading.Thread(target=voice.prepare, args=(["a", "b", "c"],)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(beeps.asked) == ["a", "b", "c"]


def test_every_phrase_has_the_voice_s_loudness_and_room_above(real: Voice) -> None:
    """-23 LUFS for numbers and sentences alike, no peak above -3 dBFS."""
    for text in NUMBERS + SENTENCES:
        phrase = real.say(text)
        assert loudness_lufs(phrase.samples, RATE) == pytest.approx(SPEECH_LUFS, abs=0.1)
        assert np.max(np.abs(phrase.samples)) <= PEAK * 1.0001


def test_numbers_fit_between_one_second_beats(real: Voice) -> None:
    """From a number's last sound to the next one's first there is a quarter of a second at least."""
    lengths = {text: (real.say(text).onset_ms, len(real.say(text).samples) * 1000 // RATE) for text in NUMBERS}
    longest_after = max(length - onset for onset, length in lengths.values())
    longest_before = max(onset for onset, _ in lengths.values())
    assert longest_after + longest_before <= 750
    assert min(length for _, length in lengths.values()) >= 250


def test_numbers_are_heard_on_their_beats(real: Voice) -> None:
    """Mixed a second apart and written as 16 bit, each begins within a millisecond of its beat, by definition."""
    mixer = Mixer(RATE)
    for beat, text in enumerate(NUMBERS, start=1):
        phrase = real.say(text)
        mixer.place(phrase.samples, phrase.start_frame(beat * RATE))
    written = np.rint(mixer.render(0, 12 * RATE) * 32767) / 32767
    for beat in range(1, len(NUMBERS) + 1):
        around = written[beat * RATE - RATE // 4 : beat * RATE + RATE * 7 // 10]
        assert onset_ms(around.astype(np.float32), RATE) == pytest.approx(250, abs=1)


def test_the_same_text_gives_the_same_samples_whatever_was_said_before(real: Voice) -> None:
    """Another process that says other things in another order gives the same bytes."""
    again = Voice(RATE)
    try:
        again.say("Something else entirely.")
        for text in reversed(NUMBERS):
            assert np.array_equal(again.say(text).samples, real.say(text).samples)
    finally:
        again.close()


def test_it_speaks_again_after_its_process_was_killed() -> None:
    """The child is begun afresh and the phrase is the same as ever."""
    voice = Voice(RATE)
    try:
        before = voice.say("one").samples
        voice._renderer._child._process.kill()
        assert len(voice.say("two").samples)
        voice._phrases.clear()
        assert np.array_equal(before, voice.say("one").samples)
    finally:
        voice.close()


def test_an_unknown_voice_is_named() -> None:
    """With the command that lists them."""
    voice = Voice(RATE, "nobody")
    try:
        with pytest.raises(DeviceError, match=r'no voice "nobody".*espeak-ng --voices'):
            voice.say("one")
    finally:
        voice.close()


def test_no_process_is_left(real: Voice) -> None:
    """Closing ends the child and every copy it made."""
    import psutil

    real.say("one")  # then it has begun, and makes no copies by itself
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    voice = Voice(RATE)
    voice.say("one")
    voice.close()
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
