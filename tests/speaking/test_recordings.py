"""People's own recordings of phrases."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice.app import Options, load_content
from voice.cli import main
from voice.commands.record import has_ended, phrases_of
from voice.errors import DeviceError
from voice.speaking.loudness import SPEECH_LUFS, loudness_lufs
from voice.speaking.recordings import Recorded, keep_recording, recordings, recordings_folder
from voice.speaking.voice import Voice

RATE = 48_000
TEXT = "Breathe with me."


def spoken(seconds: float = 1.0, level: float = 0.02, rate: int = RATE) -> np.ndarray:
    """Something like a vowel between two seconds of faint noise."""
    t = np.arange(round(seconds * rate)) / rate
    vowel = level * np.sin(2 * np.pi * 220 * t) * (1 + 0.5 * np.sin(2 * np.pi * 4 * t))
    sound = np.concatenate([np.zeros(rate), vowel, np.zeros(rate)])
    return np.asarray(sound + np.random.default_rng(1).normal(0, level / 300, len(sound)), np.float32)


class Machine:
    """A renderer that knows what it was asked for."""

    name = "machine"

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.asked: list[str] = []

    def render(self, text: str, *, slow: bool = False) -> tuple[np.ndarray, int]:
        """Half a second of a tone."""
        self.asked.append(text)
        return np.sin(np.arange(11_025) / 8).astype(np.float32), 22_050

    def restart(self) -> None:
        """Nothing to begin anew."""

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.mark.parametrize("level", [0.004, 0.3])
def test_it_is_trimmed_as_loud_as_the_prompts_and_its_owners_only(tmp_path: Path, level: float) -> None:
    """Whether it was spoken softly or loudly."""
    kept = keep_recording(TEXT, spoken(level=level), RATE, tmp_path / "own")
    samples, rate = soundfile.read(kept.path, dtype="float32")
    assert rate == RATE
    assert len(samples) / rate == pytest.approx(1.2, abs=0.1)
    assert loudness_lufs(samples, rate) == pytest.approx(SPEECH_LUFS, abs=0.5)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    assert [(one.text, one.path) for one in recordings(tmp_path / "own")] == [(TEXT, kept.path)]


def test_it_is_heard_for_exactly_that_phrase(tmp_path: Path) -> None:
    """Any other, and a slow one, are the synthetic voice's; both are equally loud."""
    keep_recording(TEXT, spoken(1.5), RATE, tmp_path)
    machine = Machine()
    voice = Voice(RATE, renderer=Recorded(machine, tmp_path))
    own, other = voice.say(TEXT), voice.say("Breathe with me")
    voice.say(TEXT, slow=True)
    assert machine.asked == ["Breathe with me", TEXT]
    assert len(own.samples) / RATE == pytest.approx(1.5, abs=0.25)
    assert abs(loudness_lufs(own.samples, RATE) - loudness_lufs(other.samples, RATE)) < 1


def test_a_file_that_was_spoilt_is_as_none(tmp_path: Path) -> None:
    """The synthetic voice speaks; the list leaves it out."""
    kept = keep_recording(TEXT, spoken(), RATE, tmp_path)
    kept.path.write_bytes(b"RIFF")
    machine = Machine()
    Voice(RATE, renderer=Recorded(machine, tmp_path)).say(TEXT)
    assert machine.asked == [TEXT]
    assert recordings(tmp_path) == []


@pytest.mark.parametrize(
    ("samples", "what"),
    [(np.zeros(0, np.float32), "Nothing is heard"), (np.zeros(RATE, np.float32), "Nothing is heard"),
     (spoken(0.05), "short noise"), (spoken(25), "longer than twenty seconds")],
)  # fmt: skip
def test_what_is_no_phrase_is_refused_and_nothing_is_written(tmp_path: Path, samples: np.ndarray, what: str) -> None:
    """With what to do."""
    with pytest.raises(DeviceError, match=what):
        keep_recording(TEXT, samples, RATE, tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_a_folder_that_cannot_be_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """A file lies in its place: one sentence, and no traceback."""
    (tmp_path / "file").write_text("where the folder should be")
    with pytest.raises(DeviceError, match="cannot be written"):
        keep_recording(TEXT, spoken(), RATE, tmp_path / "file" / "own")


def test_the_command_keeps_lists_shows_and_forgets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By number and by words."""
    soundfile.write(tmp_path / "me.wav", np.stack([spoken(rate=44_100)] * 2, axis=1), 44_100)
    texts = phrases_of(load_content(Options()).practices["two-minute-reset"])
    assert main(["record", "two-minute-reset", "2", "--from", str(tmp_path / "me.wav")]) == 0
    assert f'"{texts[1]}" is kept' in capsys.readouterr().out
    assert main(["record", "two-minute-reset"]) == 0
    assert f"  2* {texts[1]}\n" in capsys.readouterr().out
    assert main(["record", "--list"]) == 0
    assert texts[1] in capsys.readouterr().out
    assert main(["record", "two-minute-reset", texts[1], "--forget"]) == 0
    assert not list(recordings_folder().iterdir())
    assert main(["record", "two-minute-reset", "2", "--forget"]) == 0
    assert "There was no recording of it." in capsys.readouterr().out
    assert main(["record", "--list"]) == 0
    assert "There are no recordings." in capsys.readouterr().out


def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No practice, no such phrase, no WAV, no file."""
    (tmp_path / "bad.wav").write_bytes(b"RIFF\x00\x00\x00\x00WAVEjunk")
    bad = ["--from", str(tmp_path / "bad.wav")]
    for arguments, what in (
        ([], "Which practice?"),
        (["nothing", "1"], "There is no practice 'nothing'."),
        (["two-minute-reset", "999", *bad], "does not say that"),
        (["two-minute-reset", "1", *bad], "is not a sound file"),
        (["two-minute-reset", "1", "--from", str(tmp_path / "none.wav")], "There is no file"),
    ):
        assert main(["record", *arguments]) == 1
        assert what in capsys.readouterr().err
    assert not recordings_folder().exists()


def test_a_live_recording_ends_after_the_words() -> None:
    """Not before them, not in a pause of a second, and at the latest after twenty seconds."""
    block = 1600
    quiet, loud = np.full(block, 1e-4, np.float32), np.full(block, 0.1, np.float32)
    assert not has_ended([])
    assert not has_ended([np.zeros(block, np.float32)] * 100)
    assert not has_ended([quiet] * 10 + [loud] * 10 + [quiet] * 10)
    assert has_ended([quiet] * 10 + [loud] * 10 + [quiet] * 16)
    assert has_ended([np.zeros(block, np.float32)] * 200)
