"""Settings that something has damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DAMAGED = b"country: DE\nquiet_hours: [23:00\n\xff\x00patience"


def test_damaged_settings_are_named_left_alone_and_no_trouble_once_mended(tmp_path: Path) -> None:
    """A start is refused with the file, the line and what to write; nothing is written over it; mended, it starts."""
    settings = tmp_path / "attune" / "settings.yaml"
    settings.parent.mkdir()
    settings.write_bytes(DAMAGED)
    own = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}

    def start() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "voice", "type"]
        return subprocess.run(
            command, env={**os.environ, **own}, input="who hears this\n", capture_output=True, text=True, check=False
        )

    refused = start()
    assert refused.returncode == 1
    assert f"{settings}:3: " in refused.stderr
    assert "Traceback" not in refused.stderr
    assert settings.read_bytes() == DAMAGED
    settings.write_text("country: DE\n")
    assert "Only this computer." in start().stdout
