"""The history as one self-contained page: no network, no scripts, readable without colour and on a telephone.

The charts are pygal's (LGPL-3, pure Python, 130 kB); matplotlib would bring 40 MB for two small pictures.
"""

from __future__ import annotations

import calendar
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from html import escape

import pygal
from pygal.style import Style

from voice.keeping.history import History

# pygal hooks into every later import to find its plug-ins, by a protocol that Python has given up; we use none of them.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "pygal"]

LATEST = 40
INK, SOFT, LINE = "#22313a", "#4f6b78", "#c9d6db"
MARKS = ("4 0", "8 6")
"""The two persons' lines are told apart by their dashes, not by colour."""

CSS = f"""
:root {{ color-scheme: light; }}
body {{ font: 1.05rem/1.5 system-ui, sans-serif; color: {INK}; background: #fbfaf7; margin: 0 auto; max-width: 60rem;
  padding: 1.2rem; }}
h1 {{ font-weight: 600; margin: .4rem 0; }} h2 {{ font-weight: 600; font-size: 1.15rem; margin: 2rem 0 .6rem; }}
p {{ max-width: 38rem; }}
.months {{ display: flex; flex-wrap: wrap; align-items: start; gap: 1.2rem 2rem; }}
.months table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; font-weight: 600; padding-bottom: .2rem; }}
th {{ font-weight: 400; font-size: .8rem; color: {SOFT}; text-align: center; }}
.months td {{ width: 2.3rem; height: 2.3rem; text-align: center; vertical-align: top; border: 1px solid {LINE};
  font-size: .85rem; padding: .1rem; }}
.months td.none {{ border: 0; }}
.months td.done {{ border: 2px solid {INK}; font-weight: 700; background: #e6efe9; }}
.months td b {{ display: block; font-size: .72rem; }}
.latest {{ border-collapse: collapse; width: 100%; }}
.latest td, .latest th {{ border-bottom: 1px solid {LINE}; padding: .35rem .5rem .35rem 0; text-align: left; }}
figure {{ margin: 0; overflow-x: auto; }}
figure svg {{ width: 100%; min-width: 34rem; height: auto; max-height: 20rem; }}
.latest td:last-child {{ white-space: nowrap; }}
footer {{ margin-top: 2.5rem; color: {SOFT}; font-size: .9rem; }}
"""


def page(history: History) -> str:
    """The whole page, as HTML."""
    body = _filled(history) if history.rows else "<p>Nothing yet. Two minutes any time: say “help us calm down”.</p>"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>What we did</title>\n<style>{CSS}</style>\n</head>\n<body>\n<h1>What we did</h1>\n{body}\n"
        "<footer>Made by Attune on this computer. It holds what was done, never what was said.</footer>\n"
        "</body>\n</html>\n"
    )


def _filled(history: History) -> str:
    days = history.days()
    months = "\n".join(_month(year, month, days) for year, month in history.months())
    parts = [
        "<h2>Days</h2>\n<p>A framed day has practices; the small number says how many.</p>",
        f'<div class="months">{months}</div>',
        f"<h2>Minutes together, week by week</h2>\n<figure>{_weeks(history)}</figure>",
    ]
    if history.numbers:
        parts.append(f"<h2>Numbers you gave, from one to ten</h2>\n<figure>{_numbers(history)}</figure>")
    return "\n".join([*parts, f"<h2>Practices</h2>\n{_latest(history)}"])


def _month(year: int, month: int, days: Mapping[date, int]) -> str:
    head = "".join(f'<th scope="col"><abbr title="{name}">{name[:2]}</abbr></th>' for name in calendar.day_name)
    weeks = "".join(
        "<tr>" + "".join(_day(day, days) if day.month == month else '<td class="none"></td>' for day in week) + "</tr>"
        for week in calendar.Calendar().monthdatescalendar(year, month)
    )
    return f"<table><caption>{calendar.month_name[month]} {year}</caption><tr>{head}</tr>{weeks}</table>"


def _day(day: date, days: Mapping[date, int]) -> str:
    count = days.get(day, 0)
    return f'<td class="done">{day.day}<b>{count}×</b></td>' if count else f"<td>{day.day}</td>"


def _latest(history: History) -> str:
    rows = "".join(
        f"<tr><td>{datetime.fromisoformat(row.began):%a %d %b %Y, %H:%M}</td><td>{escape(history.title(row))}</td>"
        f"<td>{max(1, round(row.seconds / 60))} min</td></tr>"
        for row in reversed(history.rows[-LATEST:])
    )
    head = '<tr><th scope="col">When</th><th scope="col">What</th><th scope="col">How long</th></tr>'
    return f'<table class="latest">{head}{rows}</table>'


def _weeks(history: History) -> str:
    weeks = history.minutes_by_week()
    chart = pygal.Bar(**_look(), show_legend=False, print_values=len(weeks) <= 16, print_zeroes=False, min_scale=1)
    chart.x_labels = [f"{monday:%d %b}" for monday in weeks]
    chart.x_labels_major_count = 8
    chart.show_minor_x_labels = len(weeks) <= 12
    chart.add("minutes", [round(minutes) for minutes in weeks.values()])
    return _svg(chart, "Bars: minutes together in each week.")


def _numbers(history: History) -> str:
    days = sorted({number.at for number in history.numbers})
    chart = pygal.Line(**_look(), legend_at_bottom=True, dots_size=5, range=(1, 10))
    chart.x_labels = [f"{datetime.fromisoformat(at):%d %b}" for at in days]
    chart.x_labels_major_count = 8
    chart.show_minor_x_labels = len(days) <= 12
    for person in sorted({number.person for number in history.numbers}):
        given = {number.at: number.value for number in history.numbers if number.person == person}
        name = {0: "both", 1: "one of you (whole line)", 2: "the other (dashes)"}[person]
        stroke = {"width": 3, "dasharray": MARKS[1] if person == 2 else MARKS[0]}
        chart.add(name, [given.get(at) for at in days], stroke_style=stroke, allow_interruptions=False)
    return _svg(chart, "Lines: how tense you were, from one to ten.")


def _look() -> dict[str, object]:
    style = Style(
        background="transparent", plot_background="transparent", foreground=INK, foreground_strong=INK,
        foreground_subtle=LINE, colors=(SOFT, INK), font_family="system-ui, sans-serif", label_font_size=15,
        major_label_font_size=15, value_font_size=15, legend_font_size=15, value_colors=(INK, INK), opacity=".75",
    )  # fmt: skip
    return {
        "style": style, "js": (), "height": 300, "width": 900, "margin": 8, "margin_right": 40, "x_label_rotation": 0,
        "show_y_guides": True, "disable_xml_declaration": True, "truncate_label": -1,
    }  # fmt: skip


def _svg(chart: pygal.Graph, described: str) -> str:
    """The chart as an inline picture with a description for who cannot see it."""
    svg: str = re.sub(r"<!--.*?-->|<script.*?</script>", "", chart.render(is_unicode=True), flags=re.DOTALL)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(described)}" ', 1)
