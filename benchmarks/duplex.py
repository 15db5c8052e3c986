"""How well it hears over its own voice: echo removed, an hour of its own guidance, and "stop" said over it.

    python -m benchmarks.duplex --speech DIR [--minutes 60] [--moments 60] [--only echo|guidance|naive|words]

``--speech`` is a folder as ``benchmarks/spotter/train.py`` describes it. Rooms are measured ones, the five that the
spotter never learns from; people's words are those of speakers that training leaves out. Beside
it, in the same run, the naive way: the microphone as it is, as a program hears that just listens while it plays.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.spotter.streams import HELD_ROOMS, LEVELS_DB, OTHERS, RATE, Maker, level, sounding
from benchmarks.spotter.train import guides
from voice.app import FILE_RATE, Options, build_session, listen_with, load_content, open_ears, prepare_now
from voice.drives.echo_room import BLOCK, EchoPath, EchoRoom
from voice.drives.files import Tape
from voice.drives.virtual import VirtualClock, WavWriter
from voice.events import Ducked, Event, Heard, Speech, Spotted, Understood
from voice.hearing.barge_in import Act, BargeIn
from voice.hearing.echo import EchoCanceller
from voice.hearing.listener import Listener
from voice.hearing.over_voice import OverVoice
from voice.hearing.recognizer import Found, Transcript
from voice.hearing.spotter import Spotter
from voice.speaking.mixer import Mixer
from voice.speaking.performer import FADE_MS
from voice.speaking.voice import Voice
from voice.understanding.grammar import Grammar

PATHS = [(20, 0), (60, 200), (120, -200), (200, 50), (300, -100)]
"""Delay in milliseconds and drift in parts in a million, one for each room."""
SPANS_S = [(0, 2), (2, 5), (5, 10), (10, 20), (20, 60)]
FADE_S = FADE_MS / 1000
LATE_S = 1.0
"""What happens so long after a word is its doing, seconds."""


def echo_table(speech: Path, practices: list[npt.NDArray[np.float32]]) -> None:
    """Decibels taken away, room by room, and what that costs."""
    print("Echo removed while only the guide speaks, decibels, by seconds since it began; echo at -6 dB")
    guide = max(practices, key=lambda samples: level(samples[: 60 * RATE]))[: 60 * RATE]
    for room, (delay, drift) in zip(HELD_ROOMS, PATHS, strict=True):
        way = EchoRoom(EchoPath(speech / "room" / f"{room}.flac", -6.0, delay, drift))
        noise = np.random.default_rng(1)
        canceller, taken, left, spent = EchoCanceller(), [], [], 0.0
        for at in range(0, len(guide) - BLOCK + 1, BLOCK):
            heard = way.feed(guide[at : at + BLOCK])
            taken.append(heard)
            heard = heard + noise.normal(0, 1e-4, len(heard)).astype(np.float32)
            began = time.perf_counter()
            left += [block.samples for block in canceller.feed(heard, guide[at : at + BLOCK])]
            spent += time.perf_counter() - began
        before, after = np.concatenate(taken), np.concatenate(left)
        removed = [_removed(before, after, start, end) for start, end in SPANS_S]
        found = f"found {canceller.delay_ms or 0:.0f} ms, {canceller.drift_ppm:.0f} ppm"
        cost = f"{100 * spent * RATE / len(guide):.1f} % of a core"
        figures = "  ".join(f"{a}-{b} s: {db:4.1f}" for (a, b), db in zip(SPANS_S, removed, strict=True))
        print(f"  {room:20} {delay:3} ms {drift:4} ppm  {figures}  {found}  {cost}")


def _removed(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32], start: int, end: int) -> float:
    span = slice(start * RATE, min(end * RATE, len(after)))
    return float(10 * np.log10(np.sum(np.square(before[span])) / np.sum(np.square(after[span]))))


@dataclass(slots=True)
class Log:
    """What happened in one practice."""

    events: list[Event] = field(default_factory=list)

    def told(self) -> Counter[str]:
        """How often each thing happened."""
        count: Counter[str] = Counter(event.name() for event in self.events if isinstance(event, Heard | Spotted))
        count["heard that acts"] = sum(isinstance(event, Understood) for event in self.events) - 1
        count["speech noticed"] = sum(isinstance(event, Speech) and event.edge == "start" for event in self.events)
        downs = [event.t for event in self.events if isinstance(event, Ducked) and event.db < 0]
        ups = [event.t for event in self.events if isinstance(event, Ducked) and event.db == 0]
        count["ducked"] = len(downs)
        count["ducked longer than 0.8 s"] = sum(up - down > 0.8 for down, up in zip(downs, ups, strict=False))
        return count


def guidance_table(speech: Path, minutes: float, *, cancel: bool) -> None:
    """The guide by itself in five rooms: whatever it takes for people's words is wrong."""
    options = Options(engine="whisper")
    content = load_content(options)
    ears, total, played_s, at = open_ears(lambda: content.understander, options), Counter[str](), 0.0, 0
    practices = sorted(content.practices)
    while played_s < minutes * 60:
        room, (delay, drift) = list(zip(HELD_ROOMS, PATHS, strict=True))[at % 5]
        path = EchoPath(speech / "room" / f"{room}.flac", -6.0, delay, drift)
        log = Log()
        seconds = _guide(practices[at % len(practices)], path, ears, options, log, cancel)
        played_s, at = played_s + seconds, at + 1
        told = log.told()
        total += told
        wrong = [event.to_json() for event in log.events[1:] if isinstance(event, Understood)]
        print(
            f"  {practices[(at - 1) % len(practices)]:22} {room:20} {seconds:4.0f} s {dict(told)} {wrong}", flush=True
        )
    ears.close()
    print(f"{'With' if cancel else 'Without'} the canceller, {played_s / 60:.0f} minutes: {dict(total)}")


def _guide(practice: str, path: EchoPath, ears: object, options: Options, log: Log, cancel: bool) -> float:
    """Run one practice in a room where nobody speaks; how long it took, seconds."""
    content, voice = load_content(options), Voice(FILE_RATE, options.voice)
    with tempfile.TemporaryDirectory() as folder, WavWriter(Path(folder) / "out.wav", FILE_RATE) as writer:
        session = build_session(content, voice, Mixer(FILE_RATE), FILE_RATE, prepare_now, log.events.append)
        listen_with(session, ears, content, lambda frame: frame / RATE, cancel=cancel)  # type: ignore[arg-type]
        clock, silence = VirtualClock(session, writer, EchoRoom(path)), Tape(np.zeros(0, np.float32))
        session.receive(Understood(t=0.0, intent="Rehearse", practice=practice, starts=True))
        while not clock.is_idle and session.now_s < 400:
            clock.step(silence.take)
    voice.close()
    return session.now_s


class Deaf:
    """A recognizer that hears no word: here only the spotter is asked."""

    name = "none"

    def wait_ready(self) -> None:
        """Always ready."""

    def expect(self, phrases: Sequence[str] | None) -> None:
        """Nothing to change."""

    def feed(self, block: npt.NDArray[np.float32]) -> list[Transcript]:
        """Nothing heard."""
        return []

    def settle(self, grammar: Grammar | None = None) -> None:
        """Nothing to begin on."""

    def finish(self) -> list[Transcript]:
        """Nothing heard."""
        return [Transcript("", True, 0.0, 1.0)]

    def score(self, phrases: Sequence[str]) -> list[Found]:
        """Nothing fits."""
        return [Found(phrase, -9.0) for phrase in phrases]

    def search(self, grammar: Grammar) -> list[Found]:
        """Nothing is found."""
        return []

    def second(self, phrases: Sequence[str]) -> None:
        """There is no second one."""

    def close(self) -> None:
        """Nothing to end."""


@dataclass(slots=True)
class Moments:
    """What came of words said over the guide."""

    outcomes: Counter[str] = field(default_factory=Counter)
    late_s: list[float] = field(default_factory=list)
    """From the end of the word to silence, fade included."""
    block_s: list[float] = field(default_factory=list)
    """Computing time of each 10 ms."""


def words_table(speech: Path, practices: list[npt.NDArray[np.float32]], moments: int) -> None:
    """Stops and other words over the guide, level by level."""
    print(f'Said over the guide by people held out, {moments} moments each; "stop" is "stop", other is anything else')
    for name, kinds in (("stop", ("stop",)), ("other", OTHERS)):
        for db in LEVELS_DB:
            maker, result = Maker(speech, practices, 100 + db, held=True, synthetic=[]), Moments()
            turn = 0
            while sum(result.outcomes.values()) < moments:
                _say_over(maker, HELD_ROOMS[turn % 5], kinds, db, result)
                turn += 1
            total = sum(result.outcomes.values())
            shares = ", ".join(f"{what} {100 * result.outcomes[what] / total:.0f} %" for what in ("stop", "pause"))
            late = np.percentile(result.late_s, [50, 95]).round(2) if result.late_s else "-"
            spent = 1000 * np.percentile(result.block_s, [50, 95, 100])
            print(f"  {name:5} {db:+3} dB: {total} moments: {shares}; to silence, median and 95th: {late} s; computing "
                  f"per 10 ms, median, 95th, longest: {spent.round(1)} ms", flush=True)  # fmt: skip


def _say_over(maker: Maker, room: str, kinds: tuple[str, ...], db: float, result: Moments) -> None:
    """A minute of guidance with a word every three to five seconds."""
    played = maker.played(60)
    blocks = maker.echo(played, maker.path(room))
    heard, reference = np.concatenate(blocks), level(np.concatenate(blocks))
    said: list[tuple[float, float]] = []
    at = maker.rng.uniform(2.0, 4.0)
    while at < 55:
        pool = maker.words[kinds[maker.rng.integers(len(kinds))]]
        word = maker.said(pool[maker.rng.integers(len(pool))])
        first = round(at * RATE)
        heard[first : first + len(word)] += word * np.float32(reference / level(word) * 10 ** (db / 20))
        start, end = sounding(word)
        said.append((at + start / RATE, at + end / RATE))
        at += len(word) / RATE + maker.rng.uniform(2.0, 3.5)
    acts = _acts(played, blocks, heard, result)
    for start, end in said:
        mine = [(t, act) for t, act in acts if start <= t <= end + LATE_S]
        stopped = [t for t, act in mine if act.sure]
        result.outcomes["stop" if stopped else "pause" if mine else "nothing"] += 1
        if mine:
            result.late_s.append((stopped or [t for t, _ in mine])[0] + FADE_S - end)


def _seconds(frame: int) -> float:
    return frame / RATE


def _acts(
    played: npt.NDArray[np.float32],
    blocks: list[npt.NDArray[np.float32]],
    heard: npt.NDArray[np.float32],
    result: Moments,
) -> list[tuple[float, Act]]:
    spotter = Spotter()
    barge_in = BargeIn(spotter.sure, spotter.doubtful, spotter.alone)
    judge = load_content(Options()).understander
    ears = OverVoice(Listener(Deaf(), judge, clock=_seconds), spotter, clock=_seconds)
    ears.attend("guiding", None)
    acts, at = [], 0
    for number, block in enumerate(blocks):
        began = time.perf_counter()
        now = at / RATE
        decisions = barge_in.advance(now)
        for event in ears.feed(heard[at : at + len(block)], played[number * BLOCK :][:BLOCK], guiding=True):
            if isinstance(event, Speech):
                decisions += barge_in.voice(now, over_guide=True) if event.edge == "start" else []
                if event.edge == "end":
                    barge_in.quiet()
            elif isinstance(event, Spotted):
                decisions += barge_in.spotted(now, event.word, event.score, voiced=event.voiced)
        at += len(block)
        acts += [(at / RATE, decision) for decision in decisions if isinstance(decision, Act)]
        result.block_s.append(time.perf_counter() - began)
    return acts


def main() -> None:
    """Print every table, or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--moments", type=int, default=60)
    parser.add_argument("--only", choices=["echo", "guidance", "naive", "words"])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        practices = guides(Path(folder)) if args.only not in ("guidance", "naive") else []
    if args.only in (None, "echo"):
        echo_table(args.speech, practices)
    if args.only in (None, "words"):
        words_table(args.speech, practices, args.moments)
    if args.only in (None, "guidance"):
        guidance_table(args.speech, args.minutes, cancel=True)
    if args.only in (None, "naive"):
        guidance_table(args.speech, min(args.minutes, 5), cancel=False)


if __name__ == "__main__":
    main()
