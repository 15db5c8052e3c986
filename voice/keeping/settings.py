"""``settings.yaml`` in the user's config folder: what the two told Attune about themselves. Every line may be left
out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from voice.content import APP, Document, read_yaml
from voice.errors import ContentError, ContentErrors
from voice.guiding.settings import Settings

Name = Annotated[str, Field(min_length=1, max_length=40)]


class _File(BaseModel):
    """The file's keys."""

    model_config = ConfigDict(extra="forbid", strict=True)

    names: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = None
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None


EXAMPLES = {"names": "names: [Ana, Bo]", "country": "country: DE"}
"""What to write for each key."""


def settings_path() -> Path:
    """Where the file lies, whether or not it exists."""
    from platformdirs import user_config_path

    return user_config_path(APP) / "settings.yaml"


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; without a file every one has its default.

    Raises ``ContentErrors`` with the line of everything that is wrong.
    """
    path = path or settings_path()
    if not path.is_file():
        return Settings()
    document = read_yaml(path)
    try:
        read = _File.model_validate(document.data or {})
    except ValidationError as fault:
        raise ContentErrors([_explain(document, detail) for detail in fault.errors()]) from fault
    return Settings(names=(read.names[0], read.names[1]) if read.names else None, country=read.country)


def _explain(document: Document, detail: ErrorDetails) -> ContentError:
    key = str(detail["loc"][0]) if detail["loc"] else "settings"
    example = EXAMPLES.get(key, " or ".join(EXAMPLES.values()))
    return document.error(detail["loc"], f"'{key}' is not right ({detail['msg'].lower()})", f"write {example}")
