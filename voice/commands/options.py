"""What several commands read from the arguments in the same way."""

from __future__ import annotations

import argparse

from voice.app import Options


def options_of(args: argparse.Namespace) -> Options:
    """The options that every drive shares."""
    return Options(engine=args.engine, model=args.model, voice=args.voice, data=tuple(args.data))
