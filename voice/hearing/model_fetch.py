"""Fetching a model from its page: only when asked to, resumable, verified, and unpacked whole or not at all.

The first answer has five seconds of wall time, name resolution included: a machine without network must not wait. That
limit needs a thread, because nothing can interrupt a name resolution.
"""

from __future__ import annotations

import hashlib
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import Future
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from voice.errors import DeviceError
from voice.hearing.known_models import KnownModel, models_folder
from voice.hearing.model_archive import unpack
from voice.hearing.models import write_hashes
from voice.hearing.vosk_folder import check_vosk_folder

PAGE = "https://alphacephei.com/vosk/models"
"""Vosk's model page; the archives lie in it by name."""

ANSWER_WITHIN_S = 5.0
"""Wall time for the first answer, seconds."""
STALLED_AFTER_S = 20.0
"""A transfer that brings nothing for so long is broken off and taken up again, seconds."""
TRIES = 4
"""How often one fetch takes up a broken transfer before it gives up; the part stays for the next fetch."""
PIECE_BYTES = 1 << 16
CANNOT_GO_ON = "the page answers 416"
"""The part is no beginning of what the page has now, so it is thrown away."""

Show = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes there will be."""


def fetch(model: KnownModel, show: Show, *, page: str = PAGE, answer_within_s: float = ANSWER_WITHIN_S) -> Path:
    """Fetch, verify and unpack ``model`` into our cache; the folder.

    An earlier folder of that name is replaced, but only by a verified one. Raises ``DeviceError`` when the page does
    not answer in time, the transfer keeps breaking, the archive is not the known one, or the disk is full.
    """
    part = models_folder() / f".{model.name}.zip.part"
    try:
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _transfer(model, part, f"{page}/{model.name}.zip", show, answer_within_s)
        _verify(model, part)
        return _unpacked(model, part)
    except OSError as error:
        raise DeviceError(
            f"{model.name} could not be kept in {part.parent} ({error.strerror or error}).",
            "Free some space, then try again.",
        ) from error


def _transfer(model: KnownModel, part: Path, url: str, show: Show, answer_within_s: float) -> None:
    """Fill ``part`` from where it ends; a break is taken up again where it happened."""
    why = ""
    for attempt in range(TRIES):
        here = part.stat().st_size if part.exists() else 0
        if here >= model.archive_bytes:
            return
        try:
            with _first_answer(_from(url, here), answer_within_s) as response:
                _append(response, part, model.archive_bytes, show)
        except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
            why = _reason(error)
            if why == CANNOT_GO_ON:
                part.unlink()
            elif attempt == 0 and not _grew(part, here):
                raise DeviceError(
                    f"{url} cannot be had ({why}).", f"Where there is a network, type: attune model get {model.name}"
                ) from error
    if not part.exists() or part.stat().st_size < model.archive_bytes:
        raise DeviceError(
            f"Fetching {model.name} broke off ({why or 'the page ended it early'}).",
            f"It goes on where it stopped: attune model get {model.name}",
        )


def _from(url: str, start: int) -> urllib.request.Request:
    headers = {"User-Agent": "attune"}
    if start:
        headers["Range"] = f"bytes={start}-"
    return urllib.request.Request(url, headers=headers)


def _first_answer(request: urllib.request.Request, within_s: float) -> HTTPResponse:
    """The response with its headers read; raises ``TimeoutError`` when they do not come within ``within_s`` seconds."""
    answer: Future[HTTPResponse] = Future()

    def ask() -> None:
        try:
            answer.set_result(urllib.request.urlopen(request, timeout=STALLED_AFTER_S))
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=ask, name="first answer", daemon=True).start()
    try:
        return answer.result(within_s)
    except TimeoutError:
        if not answer.done():
            answer.add_done_callback(_close_late)
            raise TimeoutError(f"no answer within {within_s:g} s") from None
        raise


def _close_late(answer: Future[HTTPResponse]) -> None:
    """Let go of an answer that nobody waits for any more."""
    if answer.exception() is None:
        answer.result().close()


def _append(response: HTTPResponse, part: Path, most_bytes: int, show: Show) -> None:
    """Write what comes to the end of ``part``, or from its beginning where the page cannot resume."""
    resumed = response.status == 206
    with part.open("ab" if resumed else "wb") as file:
        here = file.tell()
        while piece := _read(response):
            here += len(piece)
            if here > most_bytes:
                file.truncate(0)
                raise DeviceError("The page sends more than this model's size.", "Try again later: attune model get")
            file.write(piece)
            show(here, most_bytes)


def _read(response: HTTPResponse) -> bytes:
    """The next piece; any break of the line is a ``ConnectionError``, not to be mistaken for one of the disk."""
    try:
        return response.read(PIECE_BYTES)
    except (OSError, HTTPException) as error:
        raise ConnectionError(_reason(error)) from error


def _verify(model: KnownModel, part: Path) -> None:
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != model.archive_sha256:
        part.unlink()
        raise DeviceError(
            f"What came for {model.name} is not that model (its SHA-256 is wrong); it was deleted.",
            f"Try again: attune model get {model.name}",
        )


def _unpacked(model: KnownModel, part: Path) -> Path:
    """The model's folder, put in place by one rename once everything in it is right."""
    final = part.parent / model.name
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".unpacking-") as draft:
        unpack(part, Path(draft))
        check_vosk_folder(Path(draft) / model.name)
        write_hashes(Path(draft) / model.name)
        if final.exists():
            final.replace(Path(draft) / "replaced")
        (Path(draft) / model.name).replace(final)
    part.unlink()
    return final


def _grew(part: Path, since: int) -> bool:
    return part.exists() and part.stat().st_size > since


def _reason(error: Exception) -> str:
    """A few plain words for why there was no answer."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"the page answers {error.code}"
    cause = getattr(error, "reason", error)
    return str(getattr(cause, "strerror", None) or cause or type(error).__name__)
