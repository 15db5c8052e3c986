"""Attune: a voice guide for two people who are stressed at the same time."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("attune-voice")
except PackageNotFoundError:  # run from a bare checkout
    __version__ = "0+checkout"
