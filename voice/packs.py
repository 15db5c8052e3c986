"""Packs of practices: folders with ``scripts/``, ``intents/`` and ``audio/``, by hand or from an installed package.

A package names its folder by an entry point of the group ``attune.practices``; none of its code is run.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

GROUP = "attune.practices"


def packs(config: Path) -> dict[str, Path]:
    """Every pack by what it is called: those of packages, then the folders in ``packs/`` of the settings folder."""
    own = config / "packs"
    folders = sorted(path for path in own.iterdir() if path.is_dir()) if own.is_dir() else []
    return _installed() | {f"the pack {path.name}": path for path in folders}


@cache
def _installed() -> dict[str, Path]:
    found = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            spec = find_spec(point.module)
        except ImportError:
            continue
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            found[f"the package {point.dist.name if point.dist else point.name}"] = Path(folder)
    return found


def origin_of(path: Path, config: Path, builtin: Path) -> str:
    """Where a practice comes from, in words."""
    if path.is_relative_to(builtin):
        return "built in"
    named = next((name for name, folder in packs(config).items() if path.is_relative_to(folder)), None)
    return f"from {named}" if named else "your own"
