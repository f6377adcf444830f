"""Open a catalogue: one file of procedures, or a folder with its themes and administrations."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.core.errors import PortalError

LARGEST = 200_000_000


class BadSource(PortalError):
    code = "bad_source"


@dataclass
class Source:
    procedures: list[Any]
    themes: list[Any] = field(default_factory=list)
    organisations: list[Any] = field(default_factory=list)
    life_events: list[Any] = field(default_factory=list)


def open_source(path: Path) -> Source:
    """Return what is at `path`. :raises BadSource: with a sentence that says what is wrong."""
    if path.is_dir():
        return Source(
            procedures=_list(path / "procedures.json"),
            themes=_list(path / "categories.json", optional=True),
            organisations=_list(path / "organismes.json", optional=True),
            life_events=_list(path / "life_events.json", optional=True),
        )
    return Source(procedures=_list(path))


def _list(path: Path, *, optional: bool = False) -> list[Any]:
    if not path.exists():
        if optional:
            return []
        raise BadSource(f"There is no file {path}.")
    if path.stat().st_size > LARGEST:
        raise BadSource(f"{path.name} is larger than {LARGEST // 1_000_000} MB.")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as exc:
        raise BadSource(f"{path.name} is not written in UTF-8 (byte {exc.start}).") from exc
    except (json.JSONDecodeError, RecursionError) as exc:
        raise BadSource(f"{path.name} is not valid JSON: {exc}.") from exc
    if not isinstance(data, list):
        raise BadSource(f"{path.name} must be a list of objects.")
    return data
