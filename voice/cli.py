"""The command line: reads arguments, imports only the command that is asked for, and turns errors into one plain
sentence.
"""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Sequence

from voice.arguments import build_parser
from voice.errors import AttuneError
from voice.memory import one_heap
from voice.portaudio import hangs


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 good, 1 a clear refusal, 2 wrong usage, 130 after Ctrl-C."""
    code = _run(arguments)
    if hangs():  # at its end the process would wait for a sound server that never answers
        sys.stdout.flush()
        os._exit(code)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    os.umask(0o077)
    _no_core_dumps()
    one_heap()
    args = build_parser().parse_args(arguments)
    logging.basicConfig(level=args.log_level.upper(), stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    module = importlib.import_module(f"voice.commands.{args.command or 'listen'}")
    try:
        return int(module.run(args))
    except AttuneError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _no_core_dumps() -> None:
    """A crash must leave no picture of memory, with what was said in it, on disk; child processes inherit this."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
