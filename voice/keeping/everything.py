"""Every place where Attune writes anything on its own, and deleting all of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from voice.content import APP
from voice.errors import DeviceError


def folders_written() -> dict[str, Path]:
    """What lies where, by what it is; folders need not exist. docs/privacy.md explains each."""
    from platformdirs import PlatformDirs

    own = PlatformDirs(APP, appauthor=False)
    return {
        "settings and own practices": own.user_config_path,
        "journal, promises, rituals and recordings": own.user_data_path,
        "recognizer models": own.user_cache_path,
        "running state": own.user_state_path,
    }


def found() -> dict[str, list[Path]]:
    """Every file that is there now, by what it is; a folder that two names share is listed once."""
    files: dict[str, list[Path]] = {}
    seen: set[Path] = set()
    for what, folder in folders_written().items():
        here = sorted(path for path in folder.rglob("*") if not path.is_dir()) if folder.is_dir() else []
        files[what] = [path for path in here if path not in seen]
        seen |= set(here)
    return files


def forget_everything() -> None:
    """Delete all of it, the folders too; raises ``DeviceError`` naming what could not be deleted."""
    for folder in folders_written().values():
        try:
            if folder.is_symlink():
                folder.unlink()
            elif folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            what = f"{error.filename or folder} could not be deleted ({error.strerror})."
            raise DeviceError(
                what, "Close Attune everywhere, look at the folder's permissions, and try again."
            ) from error
