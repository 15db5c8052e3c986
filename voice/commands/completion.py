"""``attune completion``: a shell's completion script, or the man page, both made from the argument parser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voice.arguments import build_parser, folder_there, wav_to_write
from voice.errors import DeviceError


def run(args: argparse.Namespace) -> int:
    """Print it; raises ``DeviceError`` where the library that writes it is missing."""
    sys.stdout.write(man_page() if args.shell == "man" else completion(args.shell))
    return 0


def completion(shell: str) -> str:
    """A script for ``bash``, ``zsh`` or ``tcsh`` that completes commands, options and files."""
    try:
        import shtab
    except ImportError as error:
        raise DeviceError("Completion needs shtab, which is missing.", "Install it: pip install shtab") from error
    parser = build_parser()
    _complete_files(parser, shtab.FILE)
    return str(shtab.complete(parser, shell=shell)) + "\n"


def _complete_files(parser: argparse.ArgumentParser, complete: object) -> None:
    """Wherever a file or folder is wanted, files are offered."""
    for action in parser._actions:
        if action.type in (Path, folder_there, wav_to_write):
            vars(action)["complete"] = complete  # shtab reads it
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                _complete_files(inner, complete)


def man_page() -> str:
    """The man page attune(1), in roff."""
    try:
        from argparse_manpage.manpage import Manpage
    except ImportError as error:
        what = "The man page needs argparse-manpage, which is missing."
        raise DeviceError(what, "Install it: pip install argparse-manpage") from error
    from voice import __version__

    parser = build_parser()
    vars(parser)["man_short_description"] = "a voice guide for two people who are stressed"
    page = Manpage(parser, format="pretty")
    page.source, page.manual, page.date = f"attune {__version__}", "Attune", ""
    return str(page)
