"""Whisper's encoder, taught to hear through rooms and noise.

``whisper_rooms_tiny.en.npz`` holds small changes to the encoder of tiny.en, ``whisper_rooms_base.npz`` to that of base:
a low-rank matrix for each of its matrices (Hu et al. 2021, "LoRA") and new biases. With them a voice from across a
noisy room is encoded more like the same voice near by. They are added to a copy of the weights that is gone once the
model is loaded; the files of the model stay as they are, and what it costs to run stays the same. How they were found,
from what, and what they bring: ``whisper_rooms.txt``.
"""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from shutil import copyfile, copyfileobj
from typing import BinaryIO

import numpy as np

from voice.hearing.known_models import WHISPER, KnownModel
from voice.hearing.whisper_weights import MODEL, Array, opened, variables

WIDTHS = (256, 368, 512, 768, 1500)
"""Widths of pictures, columns of 10 ms, that the encoder was taught with; a turn goes into the narrowest it fits in."""
MARGIN = 8
"""Empty columns after a turn, at least."""
FILES = ("config.json", "vocabulary.txt", "tokenizer.json")
"""Files of a model beside its weights that CTranslate2 may ask for."""


def width_of(columns: int) -> int | None:
    """The width of the picture for a turn of so many columns; None where it is longer than any that was taught."""
    return next((width for width in WIDTHS if width >= columns + MARGIN), None)


def changes_of(model: KnownModel) -> Path:
    """The file with the changes for a model."""
    return Path(__file__).with_name(f"whisper_rooms_{model.name}.npz")


def lay_out(folder: Path, place: Path) -> bool:
    """Write the files of the model in ``folder`` to ``place``, with the changes if there are any for it, which is told;
    any other model is heard with as it is. Raises ``OSError`` where a file is missing, or cannot be written."""
    with opened(folder) as file:
        taught = model_of(file)
    for name in FILES:
        if (folder / name).is_file():
            copyfile(folder / name, place / name)
    with opened(folder) as file, (place / MODEL).open("w+b") as laid:
        copyfileobj(file, laid, 1 << 20)
        if taught is not None:
            _change(laid, changes_of(taught))
    return taught is not None


def model_of(file: io.BufferedReader) -> KnownModel | None:
    """Which of the models that changes were made for this is the ``model.bin`` of, if any."""
    found = hashlib.file_digest(file, "sha256").hexdigest()
    return next((model for model in WHISPER if model.files_sha256[MODEL] == found), None)


def _change(weights: BinaryIO, path: Path) -> None:
    with np.load(path) as found:
        changes = {name: found[name].astype(np.float32) for name in found.files}
    for variable in variables(weights):
        change = change_of(changes, variable.name.removeprefix("encoder/"), variable.shape)
        if change is not None and variable.name.startswith("encoder/"):
            changed = (variable.read(weights) + change).astype(variable.dtype)
            weights.seek(variable.start)
            weights.write(changed.tobytes())


def change_of(changes: dict[str, Array], name: str, shape: tuple[int, ...]) -> Array | None:
    """What is added to one of the encoder's arrays, float32 of ``shape``; None where it stays as it is."""
    if f"{name}:more" in changes:
        return changes[f"{name}:more"]
    if f"{name}:up" not in changes:
        return None
    product: Array = changes[f"{name}:up"] @ changes[f"{name}:down"]
    return product.reshape(shape)
