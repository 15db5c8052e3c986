"""What was done: the journal by days and weeks, as plain values for whoever shows it. Nothing here counts gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from voice.keeping.records import Number, Row


@dataclass(frozen=True, slots=True)
class History:
    """The journal and the numbers, with the titles of the practices."""

    rows: tuple[Row, ...]
    """Oldest first."""
    numbers: tuple[Number, ...]
    """Oldest first."""
    titles: dict[str, str]
    """Titles by a practice's id; one that is gone is called by its id."""

    def title(self, row: Row) -> str:
        """What a practice is called."""
        return self.titles.get(row.practice, row.practice)

    def days(self) -> dict[date, int]:
        """How many practices there were, on each day that had any."""
        return dict(Counter(day_of(row.began) for row in self.rows))

    def months(self) -> list[tuple[int, int]]:
        """Year and month of every month in which something was done."""
        return sorted({(day.year, day.month) for day in self.days()})

    def minutes_by_week(self) -> dict[date, float]:
        """Minutes together, by the Monday of each week from the first to the last."""
        weeks = {monday_of(day_of(row.began)) for row in self.rows}
        if not weeks:
            return {}
        span = (max(weeks) - min(weeks)).days // 7 + 1
        found = {min(weeks) + timedelta(weeks=number): 0.0 for number in range(span)}
        for row in self.rows:
            found[monday_of(day_of(row.began))] += row.seconds / 60
        return found

    def to_json(self) -> dict[str, Any]:
        """Everything, as plain values."""
        return {"practices": [asdict(row) for row in self.rows], "numbers": [asdict(number) for number in self.numbers]}


def day_of(moment: str) -> date:
    """The day of an ISO time, where it happened."""
    return datetime.fromisoformat(moment).date()


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def week_of(rows: Sequence[Row], today: date) -> list[Row]:
    """What was done in the seven days up to today."""
    return [row for row in rows if timedelta() <= today - day_of(row.began) < timedelta(days=7)]
