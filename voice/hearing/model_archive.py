"""Unpacking a zip that came from elsewhere: nothing outside its folder, no links, no bombs."""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from voice.errors import DeviceError

MAX_FILES = 1_000
"""Vosk's small model has 17 files."""
MAX_BYTES = 1_000_000_000
"""Unpacked, bytes; the small English model has 68 MB."""
PIECE_BYTES = 1 << 20


def unpack(archive: Path, into: Path) -> None:
    """Unpack ``archive`` into the folder ``into``.

    Raises ``DeviceError`` for a damaged archive, and for one with paths that lead elsewhere, links, too many files or
    too much in them. What was written until then is the caller's to throw away.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = opened.infolist()
            _refuse_dangerous(archive, members)
            left = MAX_BYTES
            for member in members:
                if not member.is_dir():
                    left = _unpack_one(archive, opened, member, into, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _refused(archive, "it is damaged") from error


def _refuse_dangerous(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
        raise _refused(archive, "it holds more than any model")
    for member in members:
        # As written in the archive: zipfile's own cleaning would hide where it meant to go.
        path = PurePosixPath(member.orig_filename)
        escapes = path.is_absolute() or ".." in path.parts or any(char in member.orig_filename for char in "\\:\0")
        if escapes:
            raise _refused(archive, "a path in it leads outside its folder")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise _refused(archive, "it holds a link or a device")


def _unpack_one(archive: Path, opened: zipfile.ZipFile, member: zipfile.ZipInfo, into: Path, left: int) -> int:
    """Write one file; how many bytes are left of the limit. The sizes an archive states are not trusted."""
    target = into / member.filename
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        source = opened.open(member)
    except OSError as error:  # a place before the file's beginning
        raise _refused(archive, "it is damaged") from error
    with source, target.open("xb") as file:
        while piece := source.read(PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise _refused(archive, "it holds more than it says")
            file.write(piece)
    target.chmod(0o600)
    return left


def _refused(archive: Path, why: str) -> DeviceError:
    return DeviceError(
        f"The archive {archive.name} is refused: {why}.", "Delete it and fetch it anew: attune model get"
    )
