"""Subtracts from the microphone what a loudspeaker puts into it: a Kalman filter per partition and frequency.

Theory of operation. The room is a finite impulse response of some blocks, kept as one spectrum each. Each
block the filter predicts the echo (overlap-save), subtracts it, and corrects itself by what is left. How much
it trusts what is left is the Kalman gain: the filter's own uncertainty, per partition and frequency, against the power
of everything that is not echo, which is learnt from what is left itself. So it learns fast while only the loudspeaker
sounds and nearly holds still while somebody talks, without a detector for either. It is linear: a voice over the
echo passes unchanged.

Source: G. Enzner and P. Vary, "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free
telephones", Signal Processing 86 (2006); partitioned by F. Kuech, E. Mabande and G. Enzner, ICASSP 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DECAY_S = 0.1
"""An unknown room's uncertainty falls to a tenth in so many seconds: a living room at RT60 of 0.6 s."""
SMOOTHING = 0.8
"""Memory of the power of what is not echo, per block."""

LEAKAGE = 0.1
"""Share of a block's power that its edges spread over all frequencies: nothing may be learnt from that."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How long an impulse response is, in what pieces, and how much is known of it."""

    block: int
    """Frames of one block."""
    partitions: int
    """Blocks of impulse response."""
    forget: float
    """How sure a block is that the room is as it was; people move."""
    uncertainty: float
    """Power per frequency that an unknown room's first block may have; the microphone's gain belongs to it."""
    decays: bool
    """Whether later blocks are expected to be weaker."""


Spectra = npt.NDArray[np.complex64]
Powers = npt.NDArray[np.float32]


class KalmanFilter:
    """One echo path; every call takes one block of microphone and one of loudspeaker."""

    def __init__(self, shape: Shape) -> None:
        """Know nothing of the room."""
        self.shape = shape
        bins = shape.block + 1
        self.weights: Spectra = np.zeros((shape.partitions, bins), np.complex64)
        """The impulse response as spectra, shape (partitions, block + 1)."""
        self._played: Spectra = np.zeros((shape.partitions, bins), np.complex64)
        self._last = np.zeros(shape.block, np.float32)
        self._noise: Powers = np.full(bins, 1e-6, np.float32)
        self.doubt_all()

    def doubt_all(self) -> None:
        """Be as unsure as of an unknown room."""
        blocks = np.arange(self.shape.partitions)
        late = 10.0 ** (-blocks * self.shape.block / 16_000 / DECAY_S) if self.shape.decays else np.ones(len(blocks))
        self._uncertainty: Powers = np.outer(self.shape.uncertainty * late, np.ones(self.shape.block + 1)).astype(
            np.float32
        )

    @property
    def response(self) -> npt.NDArray[np.float32]:
        """The impulse response, float32[partitions * block]."""
        return np.fft.irfft(self.weights, axis=1)[:, : self.shape.block].reshape(-1).astype(np.float32)

    def know(self, response: npt.NDArray[np.float32]) -> None:
        """Begin with an impulse response, float32[partitions * block], without being sure of it."""
        pieces = response.reshape(self.shape.partitions, self.shape.block)
        self.weights = _spectra(np.pad(pieces, ((0, 0), (0, self.shape.block))))
        self.doubt_all()

    def move(self, frames: int, played: npt.NDArray[np.float32]) -> None:
        """What is played is read ``frames`` earlier from now on: ``played`` are its last (partitions + 1) blocks."""
        partitions, block = self.shape.partitions, self.shape.block
        response = self.response
        moved = np.zeros_like(response)
        if abs(frames) < len(response):
            kept = response[max(0, frames) : len(response) + min(0, frames)]
            moved[max(0, -frames) : max(0, -frames) + len(kept)] = kept
        self.know(moved)
        blocks = played.reshape(partitions + 1, block)[::-1]
        self._played = _spectra(np.concatenate([blocks[1:], blocks[:-1]], axis=1))
        self._last = blocks[0]

    def process(
        self, heard: npt.NDArray[np.float32], played: npt.NDArray[np.float32], *, learn: bool = True
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Take one block of each, float32[block]: what is left of the microphone's, and the echo that was in it."""
        self._played = np.roll(self._played, 1, axis=0)
        self._played[0] = np.fft.rfft(np.concatenate([self._last, played]))
        self._last = played
        echo = np.fft.irfft(np.sum(self.weights * self._played, axis=0))[self.shape.block :].astype(np.float32)
        left = heard - echo
        if learn:
            self._correct(left)
        return left, echo

    def _correct(self, left: npt.NDArray[np.float32]) -> None:
        error = np.fft.rfft(np.concatenate([np.zeros(self.shape.block, np.float32), left])).astype(np.complex64)
        power = np.square(error.real) + np.square(error.imag)
        self._noise = np.asarray(SMOOTHING * self._noise + (1 - SMOOTHING) * power, np.float32)
        excited = np.square(self._played.real) + np.square(self._played.imag)
        # Half of each window is the block itself: half of the uncertain echo's power shows in the error.
        doubt = (
            0.5 * np.sum(self._uncertainty * excited, axis=0)
            + np.maximum(self._noise, power)
            + LEAKAGE * np.mean(power)
            + 1e-9
        )
        trust = self._uncertainty / doubt
        step = trust * np.conj(self._played) * error
        response = np.fft.irfft(step, axis=1)
        response[:, self.shape.block :] = 0
        self.weights += np.fft.rfft(response, axis=1).astype(np.complex64)
        self._uncertainty *= 1 - 0.5 * trust * excited
        forget = self.shape.forget**2
        grown = (1 - forget) * (np.square(self.weights.real) + np.square(self.weights.imag))
        self._uncertainty = np.asarray(forget * self._uncertainty + grown, np.float32)


def _spectra(windows: npt.NDArray[np.float32] | npt.NDArray[np.float64]) -> Spectra:
    return np.fft.rfft(windows, axis=1).astype(np.complex64)
