"""A Piper voice: chosen by itself, the same bytes every time, as loud as the other, and no start waits for it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voice.errors import DeviceError
from voice.speaking import choice
from voice.speaking.choice import Preferred, open_renderer
from voice.speaking.loudness import SPEECH_LUFS, loudness_lufs
from voice.speaking.phrase_store import Remembered
from voice.speaking.piper_voices import piper_voices
from voice.speaking.renderer import PiperChild, Pyttsx3Renderer
from voice.speaking.voice import Voice

TEXT = "I'm here. Breathe in."
needs_piper = pytest.mark.skipif(
    importlib.util.find_spec("piper") is None or not piper_voices(), reason="the extra 'piper' is not installed"
)


@pytest.fixture(scope="module")
def piper() -> Iterator[Voice]:
    """A real Piper voice."""
    voice = Voice(48_000, renderer=open_renderer("piper"))
    yield voice
    voice.close()


@needs_piper
def test_the_same_text_gives_the_same_samples_in_another_process(piper: Voice) -> None:
    """Noise is off, so that a rendered file is the same every time; loudness is that of the system's voice."""
    again = Voice(48_000, renderer=open_renderer("piper"))
    try:
        assert np.array_equal(piper.say(TEXT).samples, again.say(TEXT).samples)
    finally:
        again.close()
    for text in (TEXT, "one", "Small breaths are fine. If dizzy, breathe as you like."):
        assert abs(loudness_lufs(piper.say(text).samples, 48_000) - SPEECH_LUFS) < 1.0


@needs_piper
def test_a_number_fits_its_beat(piper: Voice) -> None:
    """Each number is over before the next beat, one second later."""
    for text in ("one", "two", "three", "four", "five", "six", "seven"):
        phrase = piper.say(text)
        assert len(phrase.samples) / 48_000 - phrase.onset_ms / 1000 < 0.95


@needs_piper
def test_slow_takes_longer_and_nothing_is_silent(piper: Voice) -> None:
    """For who did not follow."""
    assert len(piper.say(TEXT, slow=True).samples) > 1.15 * len(piper.say(TEXT).samples)
    assert not len(piper.say("...").samples)


@needs_piper
def test_it_is_chosen_by_itself_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another voice is asked for."""
    monkeypatch.delenv("ATTUNE_VOICE", raising=False)
    for wanted, kind in ((None, Preferred), ("auto", Preferred), ("piper", PiperChild), ("espeak", Pyttsx3Renderer)):
        renderer = open_renderer(wanted)
        renderer.close()
        assert isinstance(renderer, kind), wanted
    monkeypatch.setattr(choice, "piper_is_installed", lambda: False)
    renderer = open_renderer()
    renderer.close()
    assert isinstance(renderer, Pyttsx3Renderer)


def test_a_voice_that_is_not_here_is_said_so() -> None:
    """One sentence, and what to write."""
    with pytest.raises(DeviceError, match="There is no Piper voice at"):
        open_renderer("nowhere.onnx")
    with pytest.raises(DeviceError, match="There is no Piper voice for 'xx'"):
        open_renderer("piper", language="xx")


class Counting:
    """A renderer that counts."""

    name = "Counting"

    def __init__(self, fails: bool = False) -> None:
        """``fails``: it cannot speak."""
        self.asked: list[str] = []
        self.fails = fails

    def render(self, text: str, *, slow: bool = False) -> tuple[np.ndarray, int]:
        """A ramp as long as the text."""
        self.asked.append(text)
        if self.fails:
            raise DeviceError("It cannot speak.", "")
        return np.linspace(-0.5, 0.5, len(text), dtype=np.float32), 22_050

    def restart(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


def test_first_phrases_come_from_disk_the_second_time(tmp_path: Path) -> None:
    """The same samples, without asking the voice; other sentences, such as those with names, are never written."""
    first, second = Counting(), Counting()
    said, rate = Remembered(first, "Counting 1", tmp_path, lambda: ["one"]).render("one")
    again = Remembered(second, "Counting 1", tmp_path, lambda: ["one"])
    kept, kept_rate = again.render("one")
    assert np.array_equal(said, kept)
    assert (rate, second.asked) == (kept_rate, [])
    again.render("Ana, would you begin?")
    again.render("one", slow=True)
    assert second.asked == ["Ana, would you begin?", "one"]
    assert len(list(tmp_path.iterdir())) == 1
    Remembered(second, "Counting 2", tmp_path, lambda: ["one"]).render("one")
    assert second.asked[2:] == ["one"], "another pace sounds otherwise"
    next(tmp_path.iterdir()).write_bytes(b"abc")
    assert len(Remembered(second, "Counting 1", tmp_path, lambda: ["one"]).render("one")[0]) == 3


@pytest.mark.parametrize("folder", ["file", "file/within"])
def test_a_folder_that_cannot_be_only_costs_time(tmp_path: Path, folder: str) -> None:
    """A file lies in its place: the phrase is said, and made anew the next time."""
    (tmp_path / "file").write_text("where the folder should be")
    renderer = Counting()
    remembered = Remembered(renderer, "Counting 1", tmp_path / folder, lambda: ["one"])
    for _ in range(2):
        assert len(remembered.render("one")[0]) == 3
    assert renderer.asked == ["one", "one"]


def test_where_piper_cannot_speak_at_all_the_other_voice_does() -> None:
    """From the first phrase on, and for good: never two voices in one practice."""
    preferred = Preferred(Counting(fails=True), None, 140)
    try:
        assert len(preferred.render("one")[0])
        assert "espeak" in preferred.name
    finally:
        preferred.close()
    once = Counting()
    settled = Preferred(once, None, 140)
    settled.render("one")
    once.fails = True
    with pytest.raises(DeviceError):
        settled.render("two")


@needs_piper
def test_a_voice_that_has_said_much_keeps_little_memory() -> None:
    """Sentences of every length leave nothing behind: under 250 MB, where they left 394."""
    psutil = pytest.importorskip("psutil")
    renderer = open_renderer("piper")
    try:
        for words in range(4, 13, 2):
            renderer.render(" ".join(["breathe", "slowly", "and", "rest"] * 3)[: words * 7])
        children = [child.memory_info().rss for child in psutil.Process().children(recursive=True)]
        assert 0 < min(children) < 250e6
    finally:
        renderer.close()
