"""A model small enough to make by hand, and a page that serves it as badly as a test wants."""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from voice.hearing.known_models import KnownModel

NAME = "vosk-model-tiny-made-up"
WORDS = ("<eps>", "help", "us", "calm", "down", "stop", "pause", "enough")


def graph(words: tuple[str, ...]) -> bytes:
    """The beginning of an OpenFst file with output symbols, as Vosk's graphs have it."""
    texts = [struct.pack("<i", len(text)) + text for text in (b"ngram", b"standard")]
    header = struct.pack("<i", 2125659606) + b"".join(texts) + struct.pack("<iiqqqq", 4, 2, 0, 1, 0, 0)
    table = (
        struct.pack("<i", 2125658996) + struct.pack("<i", 9) + b"words.txt" + struct.pack("<qq", len(words), len(words))
    )
    for key, word in enumerate(words):
        encoded = word.encode()
        table += struct.pack("<i", len(encoded)) + encoded + struct.pack("<q", key)
    return header + table + bytes(64)


def model_files(words: tuple[str, ...] = WORDS) -> dict[str, bytes]:
    """Every file that is looked at from outside."""
    return {
        "am/final.mdl": b"\0B<TransitionModel>" + bytes(range(256)) * 40,
        "conf/mfcc.conf": b"--sample-frequency=16000\n",
        "graph/HCLr.fst": graph(()),
        "graph/Gr.fst": graph(words),
    }


def write_model(folder: Path, words: tuple[str, ...] = WORDS) -> Path:
    """The made-up model as a folder."""
    for name, content in model_files(words).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files, stored so that its length follows from theirs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def known(archive: bytes) -> KnownModel:
    """The model as a table of known ones would have it."""
    return KnownModel(NAME, "vosk", "made up", len(archive), hashlib.sha256(archive).hexdigest())


@dataclass
class Page:
    """A model page: what it serves, and how badly."""

    archive: bytes = field(
        default_factory=lambda: zipped({f"{NAME}/{name}": body for name, body in model_files().items()})
    )
    """The zip, as it is served."""
    breaks: list[int] = field(default_factory=list)
    """Bytes after which each following answer breaks off; none left: whole answers."""
    resumes: bool = True
    """Whether ``Range`` is understood."""
    answers: threading.Event = field(default_factory=threading.Event)
    """Until it is set the page keeps silent; set unless a test clears it."""
    spoke: bool = False
    """Whether it broke its silence."""
    ranges: list[str | None] = field(default_factory=list)
    """The ``Range`` header of each request."""
    url: str = ""
    """Its address."""


def handler(page: Callable[[], Page]) -> type[BaseHTTPRequestHandler]:
    """Serves the page that ``page()`` gives at the time of asking."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page().ranges.append(self.headers["Range"])
            page().answers.wait(10)
            page().spoke = True
            if self.path != f"/models/{NAME}.zip":
                self.send_error(404)
                return
            self._serve(page().archive, page())

        def _serve(self, archive: bytes, page: Page) -> None:
            start = int((self.headers["Range"] or "bytes=0-")[6:-1]) if page.resumes else 0
            if start and start >= len(archive):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(archive) - start))
            self.end_headers()
            body = archive[start:]
            self.wfile.write(body[: page.breaks.pop(0)] if page.breaks else body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
