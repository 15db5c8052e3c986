"""What Attune needs of a machine: seconds to ready, memory, processor in a silent room. Prints a table.

    python -m benchmarks.footprint [--engine whisper|vosk] [--model DIR] [--voice espeak] [--seconds 30]

It runs the live drive on the virtual sound card of the tests (PulseAudio), where nobody speaks. Memory is the
proportional set size of all processes together: what is shared between them counts once. One start before the measured
one warms caches.
"""

from __future__ import annotations

import argparse
import platform
import signal
import subprocess
import sys
import time

import psutil

from tests.soundcard import SoundCard, sound_card, why_missing


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Attune's footprint in a silent room.")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--model")
    parser.add_argument("--voice", default="auto")
    parser.add_argument("--seconds", type=float, default=30)
    args = parser.parse_args()
    if reason := why_missing():
        print(reason, file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "voice", "--engine", args.engine, "--voice", args.voice]
    command += ["--model", args.model] if args.model else []
    with sound_card() as card:
        measure(command, card, 1)
        ready_s, pss_mb, rss_mb, cpu = measure(command, card, args.seconds)
    print(
        f"{platform.processor() or platform.machine()}, {psutil.cpu_count()} cores, Python {platform.python_version()}"
    )
    print("| what | figure |\n|---|---|")
    print(f"| start to ready, warm | {ready_s:.1f} s |")
    print(f"| memory, all processes, proportional | {pss_mb:.0f} MB |")
    print(f"| memory, all processes, resident (shared pages counted twice) | {rss_mb:.0f} MB |")
    print(f"| one core in a silent room, over {args.seconds:.0f} s | {cpu:.1f} % |")
    return 0


def measure(command: list[str], card: SoundCard, seconds: float) -> tuple[float, float, float, float]:
    """Seconds to ready, PSS and RSS in MB, and per cent of one core while nobody speaks."""
    began = time.monotonic()
    attune = subprocess.Popen(command, env=card.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert attune.stdout is not None
        while "Ready" not in attune.stdout.readline():
            if attune.poll() is not None:
                raise SystemExit("Attune ended before it was ready; start it by hand to see why.")
        ready_s = time.monotonic() - began
        time.sleep(15)  # the phrases rendered behind are part of the start, not of the silence
        family = [psutil.Process(attune.pid), *psutil.Process(attune.pid).children(recursive=True)]
        family = [process for process in family if process.is_running()]
        before = _used_s(family)
        time.sleep(seconds)
        used = _used_s(family) - before
        memory = [process.memory_full_info() for process in family]
    finally:
        attune.send_signal(signal.SIGINT)
        attune.communicate(timeout=20)
    pss, rss = sum(item.pss for item in memory) / 1e6, sum(item.rss for item in memory) / 1e6
    return ready_s, pss, rss, 100 * used / seconds


def _used_s(family: list[psutil.Process]) -> float:
    """Processor seconds of these processes, and of their children that have ended."""
    return sum(sum(process.cpu_times()[:4]) for process in family)


if __name__ == "__main__":
    sys.exit(main())
