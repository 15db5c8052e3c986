"""Which Piper voices are on this machine; imports nothing of Piper."""

from __future__ import annotations

import importlib.util
import pkgutil
from functools import cache
from pathlib import Path

from voice.content import APP


def piper_is_installed() -> bool:
    """Whether Piper itself is here."""
    return importlib.util.find_spec("piper") is not None


@cache
def piper_voices() -> dict[str, Path]:
    """Voices by name, their file's stem: first those in ``voices/`` of your settings folder, then packages."""
    from platformdirs import user_config_path

    own = user_config_path(APP) / "voices"
    found = {path.stem: path for path in sorted(own.glob("*.onnx"))} if own.is_dir() else {}
    for module in sorted(one.name for one in pkgutil.iter_modules() if one.name.endswith("_piper_voice")):
        spec = importlib.util.find_spec(module)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            found = {path.stem: path for path in sorted(Path(folder).rglob("*.onnx"))} | found
    return {name: path for name, path in found.items() if Path(f"{path}.json").is_file()}


def speaks(path: Path, language: str) -> bool:
    """Whether a voice is of a language: Piper's files are called ``en_US-joe-medium``."""
    return path.stem.lower().startswith(f"{language}_")
