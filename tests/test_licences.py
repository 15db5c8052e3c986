"""docs/licences.md names everything that Attune brings along, with its licence, from the packages' own words."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
LINE = re.compile(r"^\| ([a-z0-9.-]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
KNOWN = (
    *("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "MPL", "LGPL", "GPL", "Public Domain"),
    *("Unlicense", "Zlib", "Dual License", "Historical Permission"),
)
"""Names of licences that a package's own words may hold."""


def needed() -> dict[str, Distribution]:
    """Every package that is installed with Attune here, by name: what it requires, and what that requires."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    first = project["dependencies"] + project["optional-dependencies"]["whisper"]
    first += project["optional-dependencies"]["rooms"]
    waiting: list[tuple[Requirement, set[str]]] = [(Requirement(text), {""}) for text in first]
    found: dict[str, Distribution] = {}
    while waiting:
        wanted, extras = waiting.pop()
        name = canonicalize_name(wanted.name)
        marked = wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras)
        if name in found or not marked:
            continue
        try:
            found[name] = distribution(wanted.name)
        except PackageNotFoundError:
            pytest.skip(f"{wanted.name} is not installed")
        waiting += [(Requirement(text), {"", *wanted.extras}) for text in found[name].requires or []]
    return found


def licence(package: Distribution) -> str:
    """What a package says of its licence, in a few words; empty where it says nothing."""
    about = package.metadata
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classes = [
        line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")
    ]
    named = [name for name in classes if name != "OSI Approved"]
    short = (about.get("License") or "").strip().splitlines()[:1]
    return ", ".join(named) or next((line for line in short if len(line) < 60), "")


def page() -> str:
    """The table anew."""
    lines = []
    for name, package in sorted(needed().items()):
        told = licence(package)
        lines.append(f"| {name} | {package.version} | {told} |")
    return "| package | version | licence |\n|---|---|---|\n" + "\n".join(lines) + "\n"


def test_the_page_names_every_package_and_a_licence(request: pytest.FixtureRequest) -> None:
    """``--regen`` writes the table anew. Versions may differ, and another Python may need fewer packages."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = text.index("<!-- packages -->\n") + len("<!-- packages -->\n"), text.index("<!-- /packages -->")
    if request.config.getoption("--regen"):
        PAGE.write_text(text[:begin] + page() + text[end:], encoding="utf-8")
        return
    named = dict(LINE.findall(text[begin:end]))
    assert {name: named.get(name) for name in needed()} == {name: licence(own) for name, own in needed().items()}


def test_every_licence_is_one_that_may_be_passed_on() -> None:
    """Free licences only, each with a name."""
    nameless = {
        name: told
        for name, package in needed().items()
        if not any(known in (told := licence(package)) for known in KNOWN)
    }
    assert nameless == {}
