"""What there is in which language: English in ``scripts/`` and ``intents/``, another in a folder of its two letters."""

from __future__ import annotations

from pathlib import Path

from voice.content import builtin_folder, read_yaml

NAMES = {"en": "English", "de": "German"}


def languages() -> list[str]:
    """Every language that ships, English first."""
    return ["en", *sorted(path.name for path in builtin_folder("scripts").iterdir() if is_language(path))]


def is_language(path: Path) -> bool:
    """Whether a folder holds another language."""
    return path.is_dir() and len(path.name) == 2


def missing_in(language: str) -> dict[str, list[str]]:
    """What English has and a language lacks, by kind: practices, and sentences that are said beside them."""
    scripts, intents = builtin_folder("scripts"), builtin_folder("intents")
    practices = {path.stem for path in scripts.glob("*.yaml")} - {
        path.stem for path in (scripts / language).glob("*.yaml")
    }
    said = _said(intents / "responses.yaml") - _said(intents / language / "responses.yaml")
    heard = _meant(intents) - _meant(intents / language)
    found = {"practices": sorted(practices), "sentences it says": sorted(said), "controls it hears": sorted(heard)}
    return {kind: names for kind, names in found.items() if names}


def _said(path: Path) -> set[str]:
    return set(read_yaml(path).data["responses"]["intents"]) if path.is_file() else set()


def _meant(folder: Path) -> set[str]:
    """The control words and dangers that some sentence of a folder means."""
    meant = set()
    for path in sorted(folder.glob("*.yaml")):
        for intent in (read_yaml(path).data.get("intents") or {}).values():
            for block in intent.get("data") or ():
                meant |= {str(block.get("metadata", {}).get(key)) for key in ("control", "safety")}
    return meant - {"None"}
