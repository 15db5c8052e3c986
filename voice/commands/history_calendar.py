"""The history in a terminal: a calendar of each month and the latest practices, by rich."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime

from rich.columns import Columns
from rich.console import Console
from rich.table import Table
from rich.text import Text

from voice.keeping.history import History

LATEST = 10
"""So many practices are named one by one."""
MONTHS = 6
"""So many months are shown; the page has all of them."""


def show(history: History, console: Console | None = None) -> None:
    """Print it; a day with practices has their number beside it, readable without colour."""
    console = console or Console(highlight=False)
    if not history.rows:
        console.print("Nothing yet. Two minutes any time: say “help us calm down”.")
        return
    days = history.days()
    console.print(Columns([_month(year, month, days) for year, month in history.months()[-MONTHS:]], padding=(1, 3)))
    console.print("\nA day with •2 had two practices. The latest:")
    for row in history.rows[-LATEST:]:
        when = datetime.fromisoformat(row.began)
        console.print(f"  {when:%a %d %b %Y, %H:%M}  {history.title(row)}, {_minutes(row.seconds)}")
    if history.numbers:
        console.print("\nNumbers, from one to ten:")
        for number in history.numbers[-LATEST:]:
            whose = f"  ({number.person})" if number.person else ""
            console.print(
                f"  {datetime.fromisoformat(number.at):%a %d %b %Y}  {'▪' * number.value} {number.value}{whose}"
            )


def _month(year: int, month: int, days: Mapping[date, int]) -> Table:
    table = Table(title=f"{calendar.month_name[month]} {year}", box=None, padding=(0, 1, 0, 0))
    for name in calendar.day_abbr:
        table.add_column(name, justify="left", min_width=4)
    for week in calendar.Calendar().monthdatescalendar(year, month):
        table.add_row(*(_day(day, days) if day.month == month else "" for day in week))
    return table


def _day(day: date, days: Mapping[date, int]) -> Text:
    count = days.get(day, 0)
    return Text(f"{day.day:2}•{count if count > 1 else ''}", style="bold green") if count else Text(f"{day.day:2}")


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return "under a minute" if seconds < 50 else "1 minute" if minutes <= 1 else f"{minutes} minutes"
