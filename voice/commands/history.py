"""``attune history``: what the two have done, as a calendar in the terminal, as JSON, or as one page."""

from __future__ import annotations

import argparse
import json
import sys

from voice.app import load_content
from voice.commands.options import options_of
from voice.keeping import records
from voice.keeping.history import History
from voice.keeping.store import NAME, data_folder, open_store
from voice.private_file import write_private


def run(args: argparse.Namespace) -> int:
    """Show it, write it, or delete it."""
    if args.clear:
        return _clear()
    history = _read(args)
    if args.json:
        print(json.dumps(history.to_json(), ensure_ascii=False, indent=2))
    elif args.html:
        from voice.commands.history_page import page

        write_private(args.html, page(history))
        print(f"{args.html} is written; any browser shows it.", file=sys.stderr)
    else:
        from voice.commands.history_calendar import show

        show(history)
    return 0


def _read(args: argparse.Namespace) -> History:
    titles = {name: practice.script.title for name, practice in load_content(options_of(args)).practices.items()}
    if not (data_folder() / NAME).exists():
        return History((), (), titles)
    with open_store() as store:
        return History(tuple(records.rows(store)), tuple(records.numbers(store)), titles)


def _clear() -> int:
    if not any(data_folder().glob(f"{NAME}*")):  # a copy, or what was set aside, may be left without the file
        print("There is nothing to delete.")
        return 0
    with open_store() as store:
        count = len(records.rows(store))
        records.clear_history(store)
    print(f"Deleted: {count} practices and all numbers. Promises and rituals are still there.")
    return 0
