"""Every practice as `attune rehearse ID -o x.wav` renders it, with silence for answers: what can be heard of it."""

from __future__ import annotations

import itertools
import json
from functools import cache
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr

from voice.app import Options, load_content
from voice.drives.typed import run_rehearsal
from voice.eventlog import TIMELINE, EventFile
from voice.guiding.practice import Practice
from voice.guiding.steps import Pause
from voice.speaking.loudness import loudness_lufs

pytestmark = pytest.mark.audio

PRACTICES = load_content(Options()).practices
LONGEST_GAP_S = 12.0
LOUDNESS_LUFS = -24.4
WITHIN_LU = 3.0
TRUE_PEAK_DB = -1.0


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """``rehearsed(id)``: cues by onset, samples and rate."""
    folder = tmp_path_factory.mktemp("rehearsed")

    @cache
    def rendered(name: str) -> tuple[list[dict[str, Any]], np.ndarray, int]:
        out, timeline = folder / f"{name}.wav", folder / f"{name}.jsonl"
        with EventFile(timeline, TIMELINE) as file:
            run_rehearsal(name, {}, [], out, Options(), file.write)
        samples, rate = soundfile.read(out, dtype="float32")
        lines = [json.loads(line) for line in timeline.read_text().splitlines()]
        cues = sorted((line for line in lines if line["event"] == "cue"), key=lambda cue: cue["start"])
        return cues, samples, rate

    return rendered


def silences(practice: Practice) -> list[float]:
    """Seconds of each silence that the script asks for by ``silent: true``."""
    pauses = [step.pause for step in practice.script.steps if isinstance(step.pause, Pause)]
    return [pause.seconds for pause in pauses if pause.silent]


def true_peak_db(samples: np.ndarray, rate: int) -> float:
    """dBTP by four times oversampling (ITU-R BS.1770-4, annex 2) of the ten seconds with the highest samples."""
    seconds = np.pad(samples, (0, -len(samples) % rate)).reshape(-1, rate)
    loudest = seconds[np.argsort(np.abs(seconds).max(axis=1))[-10:]]
    return float(20 * np.log10(max(np.max(np.abs(soxr.resample(second, rate, 4 * rate))) for second in loudest)))


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_no_two_spoken_cues_overlap(name: str, rehearsed: Any) -> None:
    """One voice says one thing at a time."""
    cues, _, _ = rehearsed(name)
    spoken = [cue for cue in cues if cue["kind"] == "speak"]
    assert spoken
    assert all(after["start"] >= before["end"] - 1e-3 for before, after in itertools.pairwise(spoken))


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_nobody_is_left_in_silence(name: str, rehearsed: Any) -> None:
    """No gap over 12 s without a sound, unless the script says silence."""
    cues, _, _ = rehearsed(name)
    gaps, end = [], 0.0
    for cue in cues:
        gaps.append(cue["start"] - end)
        end = max(end, cue["end"])
    long = [gap for gap in gaps if gap > LONGEST_GAP_S]
    assert len(long) == len(silences(PRACTICES[name])), long
    assert all(gap <= max(silences(PRACTICES[name])) + 1.0 for gap in long)


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_no_peak_comes_near_full_scale(name: str, rehearsed: Any) -> None:
    """True peak under -1 dBTP."""
    _, samples, rate = rehearsed(name)
    assert true_peak_db(samples, rate) < TRUE_PEAK_DB


@pytest.mark.parametrize("name", sorted(PRACTICES))
def test_all_practices_are_equally_loud(name: str, rehearsed: Any) -> None:
    """Within 3 LU of each other (EBU R128, integrated): each within 1.5 LU of the same."""
    assert loudness_lufs(*rehearsed(name)[1:]) == pytest.approx(LOUDNESS_LUFS, abs=WITHIN_LU / 2)
