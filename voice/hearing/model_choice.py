"""What was chosen among recognizer models, and whether Vosk's model page was asked: one small file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from voice.content import APP
from voice.errors import DeviceError
from voice.hearing.known_models import Engine


@dataclass(frozen=True, slots=True)
class Choice:
    """The remembered choice; all of it may be absent."""

    engine: Engine | None = None
    """The recognizer that ``auto`` is to take, or None where it may decide by itself."""
    model: str | None = None
    """Name or folder of that recognizer's model."""
    page_asked: bool = False
    """True once set-up has asked Vosk's model page, whatever came of it."""

    def model_of(self, engine: Engine) -> str | None:
        """The chosen model, if the choice was made for this recognizer."""
        return self.model if self.engine == engine else None


def choice_file() -> Path:
    """Where it is kept; it may not exist."""
    from platformdirs import user_config_path

    return user_config_path(APP, appauthor=False) / "model.json"


def remembered() -> Choice:
    """What was remembered, or a ``Choice`` of nothing.

    Raises ``DeviceError`` for a file that something else has written into.
    """
    path = choice_file()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        choice = Choice(kept["engine"], kept["model"], kept["page_asked"])
    except FileNotFoundError:
        return Choice()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeviceError(f"{path} cannot be understood.", "Delete it, then: attune model list") from error
    names = choice.model is None or isinstance(choice.model, str)
    if choice.engine not in ("vosk", "whisper", None) or not names or not isinstance(choice.page_asked, bool):
        raise DeviceError(f"{path} cannot be understood.", "Delete it, then: attune model list")
    return choice


def remember(choice: Choice) -> None:
    """Keep a choice, whole or not at all; raises ``DeviceError`` where it cannot be written."""
    path = choice_file()
    draft = path.with_suffix(".draft")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.write_text(json.dumps(asdict(choice)), encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(path)
    except OSError as error:
        raise DeviceError(
            f"{path} cannot be written ({error.strerror}).", "Make that folder writable, or set HOME."
        ) from error
