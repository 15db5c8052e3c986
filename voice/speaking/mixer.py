"""What sounds when: a pure function from what was placed to samples.

Theory of operation. Every sound keeps its absolute place on the output clock, and any stretch of output can be rendered
at any time, again and in blocks of any size, always to the same samples: each output sample is the sum of the sounds
that cover it, in the order of their onsets, times the master gain. Nothing is rendered ahead of being asked for and
nothing depends on earlier calls. So the loudspeaker may render again what it has not yet played when somebody says
"stop".

Nothing clicks: the first and last 3 ms of every sound are faded, a fade-out is a ramp, and the master gain moves in
ramps. Only additions, multiplications and divisions are used, because those give the same bits for a sample wherever it
lies in a block.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

EDGE_MS = 3
"""Every placed sound is faded in and out over this, milliseconds: long enough to hide a cut, too short to hear."""
KNEE = 10 ** (-3 / 20)
"""Sums above this magnitude are bent; no single sound reaches it, so only sounds that pile up are touched."""
CEILING = 10 ** (-1.5 / 20)
"""What bent sums never reach: keeps the true peak under -1 dBTP."""

NEVER = 1 << 62
"""A frame that no clock reaches."""


@dataclass(slots=True)
class _Placed:
    """One sound at its place."""

    samples: NDArray[np.float32]
    onset: int
    """Frame of the first sample on the output clock."""
    gain: float
    """Linear."""
    key: object
    end: int
    """Frame after the last one that can be heard."""
    fades: list[tuple[int, int]] = field(default_factory=list)
    """Fade-outs: start frame and length in frames."""
    rise: int | None = None
    """Frames in which a sound comes that goes round and round until it is faded out; ``None`` for all others."""

    def heard(self, start: int, stop: int) -> NDArray[np.float32]:
        """The samples at the frames ``start`` to ``stop`` of the output."""
        if self.rise is None:
            return self.samples[start - self.onset : stop - self.onset]
        return self.samples[np.arange(start - self.onset, stop - self.onset) % len(self.samples)]

    def envelope(self, start: int, stop: int, edge: int) -> NDArray[np.float32] | float:
        """Gain of the frames ``start`` to ``stop`` of the output."""
        ramps: list[NDArray[np.float64]] = []
        last = self.onset + len(self.samples) if self.rise is None else NEVER
        rise = edge if self.rise is None else self.rise
        if start < self.onset + rise:
            ramps.append((np.arange(start, stop) - self.onset + 0.5) / rise)
        if stop > last - edge:
            ramps.append((last - np.arange(start, stop) - 0.5) / edge)
        ramps += [1 - (np.arange(start, stop) - at + 0.5) / frames for at, frames in self.fades if stop > at]
        if not ramps:
            return self.gain
        level = np.clip(np.minimum.reduce(ramps), 0.0, 1.0)
        return np.asarray(level * self.gain, np.float32)


@dataclass(frozen=True, slots=True)
class _Ramp:
    """The master gain moves to another value."""

    start: int
    """Output frame."""
    frames: int
    before: float
    """Linear gain at the start."""
    after: float
    """Linear gain from the end on."""

    def at(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """Gain at frames from ``start`` on."""
        done = np.minimum((frames - self.start) / self.frames, 1.0)
        return np.asarray(self.before + (self.after - self.before) * done)


class Mixer:
    """Places sounds on the output clock and renders any stretch of it; for one thread at a time."""

    def __init__(self, rate: int) -> None:
        """``rate`` is the output's, hertz."""
        self.rate = rate
        self._edge = max(1, EDGE_MS * rate // 1000)
        self._placed: list[_Placed] = []
        self._ramps: list[_Ramp] = [_Ramp(0, 1, 1.0, 1.0)]
        self._changed = NEVER

    def place(
        self, samples: NDArray[np.float32], onset_frame: int, *, gain_db: float = 0.0, key: object = None
    ) -> None:
        """Let ``samples`` (mono, shape (frames,)) begin at ``onset_frame``; they are kept, not copied.

        ``key`` is anything that ``fade_out`` may later choose sounds by.
        """
        gain = 10 ** (gain_db / 20)
        sound = _Placed(samples, onset_frame, gain, key, onset_frame + len(samples))
        insort(self._placed, sound, key=_onset)
        self._changed = min(self._changed, onset_frame)

    def place_loop(
        self, samples: NDArray[np.float32], onset_frame: int, rise_ms: int, *, gain_db: float = 0.0, key: object = None
    ) -> None:
        """The same for a sound that comes over ``rise_ms`` and goes round and round until it is faded out."""
        rise = max(self._edge, rise_ms * self.rate // 1000)
        insort(self._placed, _Placed(samples, onset_frame, 10 ** (gain_db / 20), key, NEVER, rise=rise), key=_onset)
        self._changed = min(self._changed, onset_frame)

    def fade_out(self, frame: int, fade_ms: int, *, key: object = None) -> None:
        """Fade everything placed so far, or only what has this ``key``, to nothing from ``frame`` on.

        What is placed later is not affected, wherever it begins.
        """
        frames = max(self._edge, fade_ms * self.rate // 1000)
        for sound in self._placed:
            if sound.end > frame and (key is None or sound.key == key):
                sound.fades.append((frame, frames))
                sound.end = min(sound.end, frame + frames)
                self._changed = min(self._changed, frame)
        self._keep(lambda sound: sound.end > sound.onset)

    def gain(self, frame: int, db: float, ramp_ms: int) -> None:
        """Move the master gain to ``db`` from ``frame`` on, in a ramp; it replaces moves set for later frames."""
        frames = max(self._edge, ramp_ms * self.rate // 1000)
        before = float(self._master(frame, frame + 1)[0])
        self._ramps = [ramp for ramp in self._ramps if ramp.start < frame]
        self._ramps.append(_Ramp(frame, frames, before, 10 ** (db / 20)))
        self._changed = min(self._changed, frame)

    def render(self, start_frame: int, frames: int) -> NDArray[np.float32]:
        """The output from ``start_frame`` on, shape (frames,), never above ``CEILING`` in magnitude."""
        mix = np.zeros(frames, np.float32)
        stop_frame = start_frame + frames
        sounds = self._placed[: bisect_left(self._placed, stop_frame, key=_onset)]
        if not sounds:
            return mix
        for sound in sounds:
            start, stop = max(start_frame, sound.onset), min(stop_frame, sound.end)
            if start < stop:
                heard = sound.heard(start, stop) * sound.envelope(start, stop, self._edge)
                mix[start - start_frame : stop - start_frame] += heard
        mix *= self._master(start_frame, stop_frame)
        return _bent(mix)

    def changed_from(self) -> int:
        """The first frame that may sound different from when this was last asked; ``NEVER`` if none does."""
        changed, self._changed = self._changed, NEVER
        return changed

    def forget(self, before_frame: int) -> None:
        """Drop what can only be heard before ``before_frame``; rendering earlier frames is then no longer possible."""
        self._keep(lambda sound: sound.end > before_frame)
        over = [ramp for ramp in self._ramps if ramp.start + ramp.frames <= before_frame]
        self._ramps = self._ramps[max(0, len(over) - 1) :]

    def __len__(self) -> int:
        """How many sounds are kept."""
        return len(self._placed)

    def _keep(self, wanted: Callable[[_Placed], bool]) -> None:
        self._placed = [sound for sound in self._placed if wanted(sound)]

    def _master(self, start: int, stop: int) -> NDArray[np.float32]:
        """The master gain of each frame."""
        gains = np.full(stop - start, self._ramps[0].before, np.float64)
        for ramp in self._ramps:
            first = max(start, ramp.start)
            if first < stop:
                gains[first - start :] = ramp.at(np.arange(first, stop))
        return gains.astype(np.float32)


def _onset(sound: _Placed) -> int:
    return sound.onset


def _bent(mix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples beyond the knee, brought smoothly under the ceiling; the others untouched."""
    size = np.abs(mix)
    if size.max(initial=0.0) <= KNEE:
        return mix
    room = np.float32(CEILING - KNEE)
    over = np.maximum(size - np.float32(KNEE), 0) / room
    bent = np.float32(KNEE) + room * (over / (1 + over))
    return np.where(size > np.float32(KNEE), np.copysign(bent, mix), mix)
