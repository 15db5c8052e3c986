"""Unpacking what came from elsewhere: nothing gets out of its folder, nothing grows without end."""

from __future__ import annotations

import contextlib
import io
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.setup.made_up import model_files, zipped
from voice.errors import DeviceError
from voice.hearing import model_archive
from voice.hearing.model_archive import unpack


def written(tmp_path: Path, archive: bytes) -> Path:
    """The archive as a file."""
    path = tmp_path / "model.zip"
    path.write_bytes(archive)
    return path


@pytest.mark.parametrize(
    "name", ["../outside", "model/../../outside", "/outside", "..", "model\\..\\outside", "C:/outside", "C:outside"]
)
def test_paths_that_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    """The whole archive is refused, and nothing of it is written."""
    archive = written(tmp_path, zipped({"model/good": b"good", name: b"bad"}))
    with pytest.raises(DeviceError, match="leads outside"):
        unpack(archive, tmp_path / "into")
    assert not (tmp_path / "into").exists()
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    """Only files and folders belong to a model."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        member = zipfile.ZipInfo("model/am")
        member.external_attr = (kind | 0o777) << 16
        opened.writestr(member, "/etc")
    with pytest.raises(DeviceError, match="link or a device"):
        unpack(written(tmp_path, buffer.getvalue()), tmp_path / "into")


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, and too many bytes, before anything is written."""
    monkeypatch.setattr(model_archive, "MAX_FILES", 3)
    with pytest.raises(DeviceError, match="more than any model"):
        unpack(written(tmp_path, zipped({f"model/{number}": b"" for number in range(4)})), tmp_path / "into")
    monkeypatch.setattr(model_archive, "MAX_BYTES", 1_000)
    with pytest.raises(DeviceError, match="more than any model"):
        unpack(written(tmp_path, zipped({"model/large": bytes(1_001)})), tmp_path / "into")


def test_a_size_that_lies_is_noticed(tmp_path: Path) -> None:
    """An archive whose directory states a smaller size than it unpacks to is refused."""
    archive = bytearray(zipped({"model/large": bytes(5_000)}))
    central = archive.index(b"PK\x01\x02")
    archive[central + 24 : central + 28] = (10).to_bytes(4, "little")
    with pytest.raises(DeviceError, match="refused"):
        unpack(written(tmp_path, bytes(archive)), tmp_path / "into")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 3_000), byte=st.integers(0, 255), kept=st.integers(0, 20_000))
def test_a_damaged_archive_is_a_plain_error_or_stays_inside(tmp_path: Path, at: int, byte: int, kept: int) -> None:
    """One byte of its directory changed, or its end cut off: a ``DeviceError``, or files inside the folder."""
    archive = bytearray(zipped({f"model/{name}": body for name, body in model_files().items()}))
    archive[-at - 1] = byte
    path = written(tmp_path, bytes(archive[:kept] if at % 2 else archive))
    with tempfile.TemporaryDirectory(dir=tmp_path) as into, contextlib.suppress(DeviceError):
        unpack(path, Path(into) / "a" / "b")
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["home", "model.zip"]
