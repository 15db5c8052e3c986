"""``attune rooms``: satellites in other rooms, and a Wyoming service for programs such as Home Assistant."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from functools import cache
from importlib.util import find_spec
from io import TextIOBase
from typing import TextIO, cast

from voice.arguments import EPILOG
from voice.commands.options import options_of
from voice.errors import DeviceError
from voice.eventlog import EventFile
from voice.events import Event
from voice.keeping.settings import load_rooms
from voice.rooms.address import read_address
from voice.story import Story


def run(args: argparse.Namespace) -> int:
    """Run until told to end; raises ``DeviceError`` where there is nothing to connect to."""
    if find_spec("wyoming") is None or find_spec("zeroconf") is None:
        raise DeviceError("The packages of the rooms are missing.", "Type: pip install 'attune-voice[rooms]'")
    from voice.rooms.running import Doors, run_rooms

    satellites = tuple(map(read_address, args.satellites or ([] if args.serve else load_rooms())))
    if args.announce and not args.serve:
        raise DeviceError("There is nothing to announce.", "Write: attune rooms --serve --announce")
    if not (satellites or args.serve):
        remedy = 'Write: attune rooms tcp://HOST:10700, or into settings.yaml: rooms: ["tcp://HOST:10700"]'
        raise DeviceError("No room is known.", remedy)
    doors = Doors(satellites, read_address(args.uri) if args.serve else None, args.satellites_cancel, args.announce)
    print(EPILOG, file=sys.stderr)
    with ExitStack() as stack:
        file = stack.enter_context(EventFile(args.events)) if args.events else None
        story = cache(lambda room: Story(cast("TextIO", Prefixed(sys.stdout, room)), hear=True))

        def log(room: str, event: Event) -> None:
            if file:
                file.write(event, room=room)
            story(room).tell(event)

        return run_rooms(doors, options_of(args), log, written_down=bool(file))


class Prefixed(TextIOBase):
    """Whole lines, each with the room's name before it, so that rooms can share a terminal."""

    def __init__(self, out: TextIO, room: str) -> None:
        """Write to ``out``."""
        self._out = out
        self._room = room
        self._line = ""

    def write(self, text: str) -> int:
        """Keep the text until its line is whole."""
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            if line:
                self._out.write(f"{self._room}: {line}\n")
        return len(text)

    def flush(self) -> None:
        """Show the whole lines."""
        self._out.flush()
