"""What several commands read from the arguments in the same way."""

from __future__ import annotations

import argparse

from voice.app import Options
from voice.keeping.clock import clock_at


def options_of(args: argparse.Namespace) -> Options:
    """The options that every drive shares; raises ``DeviceError`` for a clock that is none."""
    written = getattr(args, "clock", None)
    clock = clock_at(written) if written else None
    return Options(engine=args.engine, model=args.model, voice=args.voice, data=tuple(args.data), clock=clock)
