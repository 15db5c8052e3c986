"""``attune forget``: deletes everything that Attune ever wrote, and says what."""

from __future__ import annotations

import argparse

from voice.commands import service
from voice.errors import DeviceError
from voice.keeping.everything import folders_written, forget_everything, found
from voice.service.unit import unit_path
from voice.terminal import can_type


def run(args: argparse.Namespace) -> int:
    """Say what is there, ask once unless ``--yes`` was given, and delete it; exit code 1 if it was not wanted."""
    files = found()
    served = unit_path().exists()
    if not any(files.values()) and not served:
        forget_everything()  # empty folders go, too
        print("There is nothing to forget.")
        return 0
    places = folders_written()
    for what, paths in files.items():
        if paths:
            size = sum(path.lstat().st_size for path in paths)
            print(
                f"{what}: {len(paths)} {'file' if len(paths) == 1 else 'files'}, {_in_words(size)}, in {places[what]}"
            )
    if served:
        print(f"service: {unit_path()}")
    if not args.yes and not _agreed():
        print("Nothing was deleted.")
        return 1
    if served:
        service.remove()
    forget_everything()
    print("All of it is gone.")
    return 0


def _agreed() -> bool:
    if not can_type():
        raise DeviceError("Nothing was deleted, since nobody can be asked here.", "Write: attune forget --yes")
    return input("Delete all this for good? Type yes: ").strip().lower() == "yes"


def _in_words(size: int) -> str:
    """Bytes as people say them."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"
