"""What the Wyoming service says it is."""

from __future__ import annotations

from typing import Any

from wyoming.info import (
    Attribution,
    HandleModel,
    HandleProgram,
    Info,
    IntentModel,
    IntentProgram,
    TtsProgram,
    TtsVoice,
)

from voice import __version__

LANGUAGES = ["en"]
ABOUT = "A voice guide for two people who are stressed"


def info_of(voice: str) -> Info:
    """The answer to ``describe``: text is handled and recognized, and practices are spoken as they were rendered."""
    ours = Attribution(name="Attune", url="")
    common: dict[str, Any] = {
        "name": "attune",
        "attribution": ours,
        "installed": True,
        "version": __version__,
        "description": ABOUT,
    }
    models = {**common, "languages": LANGUAGES}
    spoken = TtsVoice(**{**models, "name": "attune", "description": f"Attune's voice ({voice})"})
    return Info(
        handle=[HandleProgram(**common, models=[HandleModel(**models)])],
        intent=[IntentProgram(**common, models=[IntentModel(**models)])],
        tts=[TtsProgram(**common, voices=[spoken])],
    )
