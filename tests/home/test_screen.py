"""The screen: it breathes on the beats, fits 80 by 24, works without colour and without motion, and in a terminal."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from voice.events import Beat, Cue, Error, Event, Heard, Ignored, Ready, State
from voice.screen import ROWS, Screen, disc, teller
from voice.story import Story

ROOT = Path(__file__).parent.parent.parent
PICTURE = ROOT / "docs" / "screen.svg"


def beats(phase: str, count: int) -> list[Event]:
    """One phase of a breath."""
    return [Beat(t=float(beat), phase=phase, beat=beat, round=1) for beat in range(1, count + 1)]  # type: ignore[arg-type]


def shown(screen: Screen) -> list[str]:
    """The picture as plain lines."""
    return screen.picture().plain.split("\n")


def said(text: str) -> Cue:
    """A sentence has been spoken."""
    return Cue(t=1.0, kind="speak", text=text, start=0.0, end=1.0)


def test_the_shape_grows_with_each_beat_in_and_shrinks_with_each_out() -> None:
    """Full at the last count in, smallest at the last count out, also where a breath is longer than the one before."""
    screen = Screen(io.StringIO())
    sizes = []
    for event in [*beats("in", 4), *beats("out", 6)]:
        screen.tell(event)
        sizes.append(screen.size())
    assert sizes[:4] == sorted(set(sizes[:4]))
    assert sizes[3] == 1.0
    assert sizes[3:] == sorted(set(sizes[3:]), reverse=True)
    assert sizes[-1] == pytest.approx(0.25)
    for event in [*beats("in", 6), *beats("hold", 2), *beats("out", 8), *beats("in", 3)]:
        screen.tell(event)
    assert screen.size() == pytest.approx(0.25 + 0.75 * 3 / 6), "the length of the last breath in is known"


@pytest.mark.parametrize("motion", ["full", "still"])
def test_it_fits_80_by_24_and_says_everything_in_words(motion: str) -> None:
    """Long sentences are cut, and no meaning lies in colour or shape alone."""
    screen = Screen(io.StringIO(), motion=motion)  # type: ignore[arg-type]
    screen.left_s = lambda: 83.0
    for event in [Ready(t=0.0, engine="e", voice="v"), said("Look at each other, or hold hands."),
                  Heard(t=0.0, text="help us " * 30, final=True, confidence=1.0, start=0.0, end=0.0),
                  *beats("in", 3), Error(t=0.0, what="The loudspeaker is gone; Attune waits for it.")]:  # fmt: skip
        screen.tell(event)
    lines = shown(screen)
    assert len(lines) <= 20
    assert any("breathe in 3 of 4   ● ● ● ○" in line for line in lines)
    assert any("1:23 left" in line for line in lines)
    assert "Look at each other, or hold hands." in lines
    assert ("•" in "".join(lines)) == (motion == "full")
    screen.tell(State(t=0.0, origin="guiding", to="idle"))
    assert not any("breathe" in line for line in shown(screen))


def test_every_disc_is_round_and_fits() -> None:
    """Rows and columns of the field, larger with size."""
    dots = [sum(line.count("•") for line in disc(size / 20)) for size in range(5, 21)]
    assert dots == sorted(dots)
    assert all(len(disc(size / 20)) == ROWS for size in range(21))


def test_without_a_terminal_there_are_lines() -> None:
    """For pipes, and for screen readers by ``--screen lines``."""
    assert isinstance(teller(io.StringIO(), "full", hear=True), Story)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    assert isinstance(teller(Terminal(), "lines", hear=True), Story)
    assert isinstance(teller(Terminal(), None, hear=True), Story)
    assert isinstance(teller(Terminal(), "full", hear=True), Screen)


def test_no_color_draws_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """As https://no-color.org asks."""
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    drawn = {}
    for colour in (True, False):
        if not colour:
            monkeypatch.setenv("NO_COLOR", "1")
        out = io.StringIO()
        Screen(out).tell(beats("in", 1)[0])
        drawn[colour] = out.getvalue()
    assert "\x1b[36m" in drawn[True]
    assert "\x1b[3" not in drawn[False]


def test_the_picture_in_the_docs_is_what_is_drawn(request: pytest.FixtureRequest) -> None:
    """``pytest --regen`` draws it again."""
    from rich.console import Console

    screen = Screen(io.StringIO())
    screen.left_s = lambda: 102.0
    for event in [said("I'm here. Two minutes, for whoever likes. Breathe in."), *beats("in", 3)]:
        screen.tell(event)
    console = Console(width=80, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(screen.picture())
    drawn = console.export_svg(title="attune --screen", unique_id="attune")
    if request.config.getoption("--regen"):
        PICTURE.write_text(drawn)
    assert PICTURE.read_text() == drawn


@pytest.mark.real_time
@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
@pytest.mark.parametrize(("option", "colour"), [("full", True), ("still", False)])
def test_a_real_terminal_of_80_by_24_shows_it(tmp_path: Path, option: str, colour: bool) -> None:
    """Typed words start the breathing; the shape, the count and the sentence are on the screen."""
    home = {"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CONFIG_HOME": str(tmp_path / "c")}
    environment = {"PYTHONPATH": str(ROOT), **home,
                   "ATTUNE_VOICE": "espeak", "LANG": "C.UTF-8"} | ({} if colour else {"NO_COLOR": "1"})  # fmt: skip
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    tmux = ["tmux", "-u", "-S", str(tmp_path / "socket")]
    command = f"env {given} {sys.executable} -m voice type --screen {option} --speaker {tmp_path / 'o.wav'}"
    kept = {name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")}
    subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "24", command], check=True, env=kept)
    try:
        _wait_for(tmux, "ready")
        subprocess.run([*tmux, "send-keys", "help us calm down", "Enter"], check=True)
        text = _wait_for(tmux, "breathe in 3 of 4")
        assert "I'm here. Two minutes, for whoever likes. Breathe in." in text
        assert "left" in text
        assert ("••••" in text) == (option == "full")
        assert all(len(line) <= 80 for line in text.splitlines())
        escapes = subprocess.run([*tmux, "capture-pane", "-p", "-e"], capture_output=True, text=True, check=True).stdout
        assert ("\x1b[36m" in escapes) == colour
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def _wait_for(tmux: list[str], words: str) -> str:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        text = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=True).stdout
        if words in text:
            return text
        time.sleep(0.1)
    raise AssertionError(text)


def test_typed_words_that_mean_nothing_are_answered_but_what_is_told_in_a_turn_is_not() -> None:
    """In a turn words are for the other: nobody there is told that they are not known."""
    out = io.StringIO()
    story = Story(out, hear=False, unknown="I don't know that one.")
    story.tell(Ignored(t=0.0, text="", why="no sentence is near enough"))
    assert out.getvalue() == "(I don't know that one.)\n"
    story.tell(State(t=1.0, origin="guiding", to="turn"))
    story.tell(Ignored(t=2.0, text="", why="no sentence is near enough"))
    story.tell(State(t=3.0, origin="turn", to="idle"))
    assert out.getvalue().count("\n") == 1
    story.tell(Ignored(t=4.0, text="", why="no sentence is near enough"))
    assert out.getvalue().count("\n") == 2
