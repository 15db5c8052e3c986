"""Damaged input of every kind: what is right, with some bytes, lines or tokens made wrong. Same seed, same damage."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from voice.content import builtin_folder

TOKENS = [
    *(b"&a [*a, *a]", b"!!python/object:os.system {}", b"<<: *x", b"\t", b"\x00", b"\xff\xfe", b"- - - - - - - -"),
    *(b"{" * 50, b"[" * 2000, b"(" * 300, b"(a|" * 60, b"<r>" * 40, b'r: "<r>"', b"'", b'"', b"|", b">", b"..."),
    *(b"%YAML 9.9", b"1e309", b"-1", b"99999999999999999999", b".nan", b"nul\xc0\xafl", b"\r", b"a" * 5000),
    *(b"seconds: 1e9", b"minutes: 0", b"hold: 99", b"goto: nowhere", b"range: {from: 1, to: 999999999}"),
    "\N{ZERO WIDTH SPACE}\N{RIGHT-TO-LEFT OVERRIDE}".encode(),
]
SETTINGS = b"names: [Ana, Bo]\ncountry: DE\n"


def mangled(original: bytes, dice: random.Random) -> bytes:
    """Between one and eight changes: bytes flipped, pieces cut, doubled or swapped, tokens put in."""
    data = bytearray(original)
    for _ in range(dice.choice((1, 1, 1, 2, 4, 8))):
        at = dice.randrange(len(data) + 1)
        piece = slice(at, at + dice.choice((1, 2, 8, 40, 400)))
        change = dice.randrange(5)
        if change == 0 and data:
            data[at % len(data)] = dice.randrange(256)
        elif change == 1:
            del data[piece]
        elif change == 2:
            data[at:at] = data[piece] * dice.choice((1, 2, 30))
        elif change == 3:
            data[at:at] = dice.choice(TOKENS)
        else:
            data[at:at] = b"\n" + b" " * dice.randrange(12) + dice.choice(TOKENS) + b"\n"
    return bytes(data[:200_000])


def yaml_of(kind: str, dice: random.Random) -> bytes:
    """A damaged built-in script or sentence file."""
    folder = builtin_folder("scripts") if kind == "scripts" else builtin_folder("intents")
    return mangled(dice.choice(sorted(folder.rglob("*.yaml"))).read_bytes(), dice)


def settings(dice: random.Random) -> bytes:
    """Damaged settings."""
    return mangled(SETTINGS, dice)


def names(dice: random.Random) -> bytes:
    """Settings with names of any characters that there are."""
    pair = ["".join(chr(dice.randrange(1, 0x11000)) for _ in range(dice.randrange(0, 45))) for _ in range(2)]
    return f"names: {json.dumps(pair)}\n".encode()


def wav(dice: random.Random) -> bytes:
    """A WAV file with a damaged header or body, of any rate, width and number of channels."""
    channels, rate, width = (
        dice.choice((0, 1, 2, 8, 65535)),
        dice.choice((0, 1, 8000, 44100, 2**31)),
        dice.choice((1, 2, 3, 4)),
    )
    body = dice.randbytes(dice.randrange(4000))
    form = struct.pack(
        "<HHIIHH", dice.choice((1, 3, 7, 0xFFFE)), channels, rate, rate * width % 2**32, width, 8 * width
    )
    size = dice.choice((len(body), 0, 2**32 - 1))
    whole = (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + struct.pack("<I", size)
        + body
    )
    return whole if dice.random() < 0.3 else mangled(whole, dice)


def archive(dice: random.Random) -> bytes:
    """A damaged zip of a model, or one that means harm."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", dice.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as opened:
        for number in range(dice.randrange(1, 6)):
            name = dice.choice(("model/am", "../up", "/etc/x", "model/" * 40 + "deep", "con", "a\\b", "model/conf"))
            opened.writestr(zipfile.ZipInfo(f"{name}{number}"), dice.choice((b"", dice.randbytes(200), b"0" * 100_000)))
    whole = buffer.getvalue()
    return whole if dice.random() < 0.3 else mangled(whole, dice)


def wyoming(dice: random.Random) -> bytes:
    """A damaged conversation of a satellite."""
    said = b"".join(
        json.dumps({"type": kind, "data_length": len(more), "payload_length": len(sound)}).encode()
        + b"\n"
        + more
        + sound
        for kind, more, sound in (
            ("run-satellite", b"", b""),
            ("audio-chunk", b'{"rate": 16000, "width": 2, "channels": 1}', dice.randbytes(640)),
            ("transcript", b'{"text": "stop"}', b""),
        )
    )
    return mangled(said * dice.randrange(1, 4), dice)


MAKERS: dict[str, Callable[[random.Random], bytes]] = {
    "script": lambda dice: yaml_of("scripts", dice),
    "intents": lambda dice: yaml_of("intents", dice),
    "settings": settings,
    "names": names,
    "wav": wav,
    "archive": archive,
    "wyoming": wyoming,
}
"""What can be damaged."""


def read(kind: str, data: bytes, folder: Path) -> None:
    """Give damaged input to the code that reads it; whatever that raises is raised."""
    from voice.drives.virtual import read_wav
    from voice.guiding.length import length_s
    from voice.guiding.practice import load_practice
    from voice.guiding.responses import load_responses
    from voice.hearing.model_archive import unpack
    from voice.keeping.settings import load_settings
    from voice.rooms.wire import EventReader, Limits
    from voice.speaking.pyttsx3_renderer import sayable
    from voice.understanding.intents import load_intents
    from voice.understanding.understander import Understander

    name = f"fuzzed.{kind}" if kind in ("wav", "archive", "wyoming") else "fuzzed.yaml"
    path = folder / name
    path.write_bytes(data)
    if kind == "wyoming":
        reader = EventReader(Limits())
        for at in range(0, len(data), 997):
            reader.feed(data[at : at + 997])
        reader.finish()
    elif kind == "script":
        length_s(load_practice(path))
    elif kind == "intents":
        (folder / "common.yaml").write_bytes((builtin_folder("intents") / "common.yaml").read_bytes())
        Understander(load_intents([folder])).understand("help us calm down", "idle")
    elif kind in ("settings", "names"):
        for sentence in load_settings(path).invitations(load_responses([builtin_folder("intents")]), 0):
            sayable(sentence).encode()
    elif kind == "wav":
        read_wav(path)
    else:
        unpack(path, folder / "into")
