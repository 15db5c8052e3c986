"""Attune's own Python environment, ``.venv`` in the checkout: made, filled with pinned versions, stamped.

The stamp is what ``./attune`` looks at on every start. It is taken away before anything is touched and written back as
the very last step, so an interrupted set-up is seen as one: without a stamp the folder is thrown away and made anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.installer import Installer
from launcher.talk import Refusal, say

EXTRAS = {"auto": "whisper", "whisper": "whisper", "piper": "piper", "rooms": "rooms", "dev": "dev"}
"""Need -> the extra that satisfies it; ``vosk`` needs none. ``auto`` may do without on a small machine."""

ADDED = frozenset(("piper", "rooms"))
"""Extras beside a recognizer: whoever asks for one first of all gets what ``auto`` gets, too."""

PURPOSE = {
    "piper": "Piper and the voice joe, about 100 MB",
    "rooms": "the way to satellites and to Home Assistant (wyoming, zeroconf), about 5 MB",
    "whisper": "the Whisper recognizer with its weights, about 265 MB",
    "dev": "what the tests need, a Korean Vosk model and a Piper voice among it, about 250 MB",
}

SMALL_BYTES = 2_000_000_000
"""Under this memory Whisper is installed only when asked for by name (issue: under 2 GB)."""


class Environment:
    """The environment of one checkout."""

    def __init__(self, root: Path, key: str) -> None:
        """``key`` stands for the pinned versions and the checkout's place; another key is another environment."""
        self._root = root
        self._key = key
        self._folder = root / ".venv"
        self._python = self._folder / "bin" / "python"
        self._stamp = self._folder / "attune-stamp"

    def satisfies(self, need: str) -> bool:
        """True when a finished set-up with this key already did what ``need`` asks."""
        lines = self._stamped()
        return self._python.exists() and "\n".join(lines).startswith(f"{self._key}\n") and f"need {need}" in lines

    def prepare(self, need: str) -> None:
        """Make or mend the environment; raises ``Refusal`` where it cannot."""
        met = {line.removeprefix("need ") for line in self._stamped() if line.startswith("need ")}
        needs = {"vosk", need} | met
        if need == "dev":
            needs |= {"auto", "whisper", "rooms"}
        if need in ADDED and not met:
            needs.add("auto")
        extras = {EXTRAS[name] for name in needs if name in EXTRAS}
        if extras - ADDED == {"whisper"} and "whisper" not in needs and _memory_bytes() < SMALL_BYTES:
            say("This machine has under 2 GB of memory: Whisper is left out (./attune --engine whisper installs it).")
            extras -= {"whisper"}
        if "whisper" in extras:
            needs |= {"auto", "whisper"}
        self._open()
        for extra in sorted(extras - met):
            say(f"Installing {PURPOSE[extra]}.")
        Installer(self._root, self._python).install(sorted(extras))
        self._choose_model(need)
        self._write_stamp(needs)

    def _stamped(self) -> list[str]:
        return self._stamp.read_text().splitlines() if self._stamp.is_file() else []

    def _open(self) -> None:
        """An environment without a stamp: the old one if its set-up was finished, else a new one."""
        same_place = str(self._root) in self._stamped()
        self._stamp.unlink(missing_ok=True)
        if same_place and self._python.exists():
            say("Bringing Attune's environment up to date.")
            return
        if self._folder.exists():
            shutil.rmtree(self._folder)
        say(f"Setting up Attune in {self._folder} (once; what it needs goes into this checkout).")
        # The real path, not a link to it: an upgrade that removes this Python then shows as a missing file.
        python = str(Path(sys.executable).resolve())
        made = subprocess.run([python, "-m", "venv", str(self._folder)], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise Refusal(f"An environment could not be made: {(made.stdout + made.stderr).strip()}")

    def _choose_model(self, need: str) -> None:
        """Ask Vosk's model page, once and for at most five seconds, unless a choice is already remembered."""
        engine = need if need in ("vosk", "whisper") else "auto"
        command = [str(self._python), "-P", "-m", "voice.hearing.model_command", "set-up", engine]
        if subprocess.run(command, cwd=self._root, check=False).returncode not in (0, 1):
            raise Refusal(
                "Choosing the recognizer's model failed; the lines above say how. Type ./attune to try again."
            )

    def _write_stamp(self, needs: set[str]) -> None:
        draft = self._stamp.with_suffix(".draft")
        draft.write_text("\n".join([self._key, *(f"need {name}" for name in sorted(needs)), ""]))
        draft.replace(self._stamp)


def _memory_bytes() -> int:
    """The machine's memory; a machine that does not tell counts as large."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return SMALL_BYTES
