"""What several commands read from the arguments in the same way."""

from __future__ import annotations

import argparse

from voice.app import Options
from voice.drives.echo_room import EchoPath
from voice.errors import DeviceError
from voice.keeping.clock import clock_at


def options_of(args: argparse.Namespace) -> Options:
    """The options that every drive shares; raises ``DeviceError`` for a clock that is none."""
    written = getattr(args, "clock", None)
    clock = clock_at(written) if written else None
    return Options(engine=args.engine, model=args.model, voice=args.voice, data=tuple(args.data), clock=clock)


def echo_path_of(args: argparse.Namespace) -> EchoPath | None:
    """How the loudspeaker's sound reaches the microphone on files, if that was asked for.

    Raises ``DeviceError`` where it was, and there are no files.
    """
    asked = [args.room, args.echo, args.drift, args.delay]
    if all(value is None for value in asked):
        return None
    if not args.mic:
        raise DeviceError("--room, --echo, --drift and --delay are for files.", "Add --mic IN.wav --speaker OUT.wav")
    return EchoPath(args.room, args.echo or 0.0, args.delay or 0.0, args.drift or 0.0)
