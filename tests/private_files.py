"""A private store of one test only."""

from pathlib import Path

import pytest
from django.core.files.storage import storages


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Move the private store, that the file fields hold too, to a folder of this test."""
    store = storages["private"]
    folder = tmp_path / "private"
    for name, value in (("base_location", str(folder)), ("location", str(folder))):
        monkeypatch.setitem(store.__dict__, name, value)
    return folder
