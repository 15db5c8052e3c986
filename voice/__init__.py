"""Attune: a voice guide for two people who are stressed at the same time."""

import os
from importlib.metadata import PackageNotFoundError, version

# onnxruntime 1.32 reports to its maker, also on Linux: a number for the device, and what runs, by way of a file in the
# home. It reads this when it is first imported, here and in every process that is started from here.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# numpy's threads spin while they wait for each other: on busy cores an answer of 0.7 s took over 10 s with two, and the
# spotter's 80 ms took 14 ms in place of 0.8.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    __version__ = version("attune-voice")
except PackageNotFoundError:  # run from a bare checkout
    __version__ = "0+checkout"
