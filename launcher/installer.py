"""Installing pinned packages: by uv, which takes a seventh of pip's time, and by pip where uv does not do.

uv does not read pip's configuration, so the index, certificates and proxies that pip is told are handed on to it.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.talk import Refusal, say

HANDED_ON = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "trusted-host": "UV_INSECURE_HOST",
}
"""pip's option -> uv's variable."""

IN_THE_WAY = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV", "VIRTUAL_ENV", "PYTHONPATH")
"""Settings under which packages would land elsewhere than in our environment."""


class Installer:
    """Fills one environment with the project (editable) and chosen extras."""

    def __init__(self, root: Path, python: Path) -> None:
        """``python`` is the environment's own."""
        self._root = root
        self._python = python
        kept = {name: value for name, value in os.environ.items() if name not in IN_THE_WAY}
        self._variables = {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}

    def install(self, extras: list[str]) -> None:
        """The project and ``extras`` at the pinned versions; raises ``Refusal`` when neither uv nor pip can."""
        project = f".[{','.join(extras)}]" if extras else "."
        if self._pip("install", "uv") and self._uv(project):
            return
        say("uv could not install the packages; trying pip, which takes longer.")
        if not self._pip("install", "--no-compile", "-e", project):
            raise Refusal(
                "The Python packages could not be installed; the lines above say why. Setting up needs the network "
                "once (pip's own configuration says which package index). Type ./attune to try again."
            )

    def _pip(self, verb: str, *arguments: str) -> bool:
        # By variable as well as by option: an option does not reach the environment in which a package is built.
        # Relative, because pip splits the variable at spaces.
        variables = {**self._variables, "PIP_CONSTRAINT": "constraints.txt"}
        command = ["-m", "pip", verb, *self._quiet(), "-c", "constraints.txt", *arguments]
        return self._run([str(self._python), *command], variables)

    def _uv(self, project: str) -> bool:
        # Beside the environment, so that files are linked and not copied, and gone afterwards.
        cache = self._root / ".attune" / "uv-cache"
        uv = self._python.parent / "uv"
        pinned = ["--constraints", "constraints.txt", "--build-constraints", "constraints.txt"]
        target = ["--python", str(self._python), "--cache-dir", str(cache), *pinned, "-e", project]
        try:
            return self._run([str(uv), "pip", "install", *self._quiet(), *target], self._uv_variables())
        finally:
            shutil.rmtree(cache, ignore_errors=True)

    def _uv_variables(self) -> dict[str, str]:
        listing = [str(self._python), "-m", "pip", "config", "list"]
        told = subprocess.run(listing, env=self._variables, capture_output=True, text=True, check=False).stdout
        return {**from_pip(told), **self._variables}

    def _run(self, command: list[str], variables: dict[str, str]) -> bool:
        try:
            done = subprocess.run(command, cwd=self._root, env=variables, stdin=subprocess.DEVNULL, check=False)
        except OSError as error:
            say(f"{command[0]} could not be started ({error.strerror}).")
            return False
        return done.returncode == 0

    def _quiet(self) -> list[str]:
        """Progress bars are for a terminal; a log gets our sentences and what goes wrong."""
        return [] if sys.stderr.isatty() else ["--quiet"]


def from_pip(listed: str) -> dict[str, str]:
    """uv's variables for what ``pip config list`` says; a variable of pip's outranks its files, as with pip itself."""
    told: dict[str, str] = {}
    rank = {"global": 0, "install": 1, ":env:": 2}
    lines = [line.partition("=") for line in listed.splitlines() if "=" in line]
    for key, _, value in sorted(lines, key=lambda line: rank.get(line[0].rpartition(".")[0], -1)):
        section, _, option = key.rpartition(".")
        if section in rank and option in HANDED_ON:
            told[HANDED_ON[option]] = " ".join(_plain(value).split())
    # pip takes the best version of all its indexes; uv's own habit is the first index that has the name.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **told}


def _plain(quoted: str) -> str:
    """pip prints values as Python would; what is not quoted is taken as it stands."""
    try:
        return str(ast.literal_eval(quoted))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return quoted
