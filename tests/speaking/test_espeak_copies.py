"""espeak-ng's side of the voice, in this process."""

from __future__ import annotations

import io
import os
import signal
import socket
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from voice.errors import DeviceError
from voice.speaking import espeak_copies
from voice.speaking.espeak_copies import EspeakCopies
from voice.speaking.pyttsx3_renderer import sayable

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")


@pytest.fixture(scope="module")
def copies() -> EspeakCopies:
    """Ours, at its own speed."""
    return EspeakCopies(None, 140)


def test_a_phrase_is_a_mono_wav(copies: EspeakCopies) -> None:
    """22,050 Hz, 16 bit, between a quarter of a second and two."""
    with wave.open(io.BytesIO(copies.render("four"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert 0.25 < file.getnframes() / 22_050 < 2


def test_the_past_does_not_matter(copies: EspeakCopies) -> None:
    """The same text gives the same bytes after other texts, twenty times."""
    first = copies.render("one")
    for number in range(20):
        copies.render(f"Something else, number {number}.")
        assert copies.render("one") == first


def test_a_sound_server_that_stands_still_holds_no_phrase(
    copies: EspeakCopies, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not even asked: whoever only fills memory needs none."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "server"))
        server.listen()
        server.setblocking(False)
        monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'server'}")
        assert copies.render("breathe in")
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("voice", ["en-gb", "gmw/en-us", "en-us+m3", "de"])
def test_a_voice_is_chosen_by_language_id_or_variant(voice: str) -> None:
    """And it does not speak as ours does."""
    other = EspeakCopies(voice, 140)
    assert other.name == f"espeak-ng {voice}"
    assert other.render("one") != EspeakCopies(None, 140).render("one")


@pytest.mark.parametrize("voice", ["nobody", "en-us+nobody", "+m3", "../etc"])
def test_a_voice_that_is_not_there_is_refused(voice: str) -> None:
    """espeak-ng would go on with another voice and say nothing."""
    with pytest.raises(DeviceError, match="There is no voice"):
        EspeakCopies(voice, 140)


@pytest.mark.parametrize(
    ("work", "why"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "ended with -11"),
        (lambda: 1 / 0, "division by zero"),
        (signal.pause, "ended with -14"),
    ],
)
def test_a_crash_an_error_and_a_stall_cost_one_phrase(
    copies: EspeakCopies, work: Callable[[], None], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is said plainly, and the next phrase is spoken."""
    monkeypatch.setattr(espeak_copies, "STALL_S", 1)
    with pytest.raises(DeviceError, match=f"could not speak: .*{why}"):
        copies._in_a_copy(work)
    assert copies.render("one")


def test_a_copy_holds_nothing_open(copies: EspeakCopies) -> None:
    """Only its three standard files and the memory that it writes to; so nobody waits for it."""
    open_files = copies._in_a_copy(lambda: os.write(3, " ".join(os.listdir("/proc/self/fd")).encode()))  # noqa: PTH208
    assert {int(number) for number in open_files.split()} <= {0, 1, 2, 3, 4}


@pytest.mark.parametrize(
    ("text", "said"),
    [("Hmm... yes.", "Hmm, yes."), ("a .. b", "a, b"), ("wait…", "wait, "), ("One. Two.", "One. Two.")],
)
def test_dots_in_a_row_are_a_pause(text: str, said: str) -> None:
    """espeak-ng 1.51 may speak without end where there are two."""
    assert sayable(text) == said


def test_a_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyttsx3 raises a RuntimeError at import when espeak-ng is not there."""
    import builtins

    real_import = builtins.__import__

    def refuse(name: str, *args: object, **named: object) -> object:
        if name.startswith("pyttsx3"):
            raise RuntimeError("This means you probably do not have eSpeak or eSpeak-ng installed!")
        return real_import(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(DeviceError, match="apt install espeak-ng"):
        EspeakCopies(None, 140)
