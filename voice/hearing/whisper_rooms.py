"""Whisper's encoder, taught to hear through rooms and noise.

``whisper_rooms.npz`` holds small changes to the encoder of tiny.en: a low-rank matrix for each of its matrices (Hu et
al. 2021, "LoRA") and new biases. With them a voice from across a noisy room is encoded more like the same voice near
by. They are added to the weights in memory when the model is loaded; the files of the model stay as they are, and what
it costs to run stays the same. How they were found, from what, and what they bring: ``whisper_rooms.txt``.
"""

from __future__ import annotations

import hashlib
import io
import mmap
from pathlib import Path

import numpy as np

from voice.hearing.known_models import WHISPER_TINY_EN
from voice.hearing.whisper_weights import Array, variables

PATH = Path(__file__).with_name("whisper_rooms.npz")
WIDTHS = (256, 368, 512, 768, 1500)
"""Widths of pictures, columns of 10 ms, that the encoder was taught with; a turn goes into the narrowest it fits in."""
MARGIN = 8
"""Empty columns after a turn, at least."""
FILES = ("config.json", "vocabulary.txt", "tokenizer.json")
"""Files of a model beside its weights that CTranslate2 may ask for."""


def width_of(columns: int) -> int | None:
    """The width of the picture for a turn of so many columns; None where it is longer than any that was taught."""
    return next((width for width in WIDTHS if width >= columns + MARGIN), None)


def taught(folder: Path) -> dict[str, io.BytesIO] | None:
    """The files of the model in ``folder`` with the changed weights, for CTranslate2's ``files``.

    None for any other model than the one the changes were made for: it is heard with as it is.
    """
    path = folder / "model.bin"
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as model:
        if hashlib.sha256(model).hexdigest() != WHISPER_TINY_EN.files_sha256["model.bin"]:
            return None
        changed = io.BytesIO(model)
    with np.load(PATH) as found:
        changes = {name: found[name].astype(np.float32) for name in found.files}
    for variable in variables(path):
        change = change_of(changes, variable.name.removeprefix("encoder/"), variable.shape)
        if change is not None and variable.name.startswith("encoder/"):
            changed.seek(variable.start)
            changed.write((variable.read(path) + change).astype(variable.dtype).tobytes())
    changed.seek(0)
    files = {name: io.BytesIO((folder / name).read_bytes()) for name in FILES if (folder / name).is_file()}
    return {**files, "model.bin": changed}


def change_of(changes: dict[str, Array], name: str, shape: tuple[int, ...]) -> Array | None:
    """What is added to one of the encoder's arrays, float32 of ``shape``; None where it stays as it is."""
    if f"{name}:more" in changes:
        return changes[f"{name}:more"]
    if f"{name}:up" not in changes:
        return None
    product: Array = changes[f"{name}:up"] @ changes[f"{name}:down"]
    return product.reshape(shape)
