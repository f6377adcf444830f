"""The door to the checking process: one per web or worker process, started at the first file."""

import json
import logging
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings

from eservices.attachments import limits
from eservices.attachments.errors import UploadRefused

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_running: dict[int, subprocess.Popen[str]] = {}


def inspect(path: Path, content_type: str, *, max_pages: int) -> dict[str, Any]:
    """Check the file at `path`, rewritten without what it may not hold; return its measures.

    :raises UploadRefused: with the reason, or `busy` when the checks of others take too long.
    """
    return _answer({"path": str(path), "content_type": content_type, "max_pages": max_pages})


def join(paths: list[Path], target: Path, *, max_bytes: int, max_pages: int) -> None:
    """Write the checked files `paths` as one PDF to `target`. :raises UploadRefused:"""
    names = [str(path) for path in paths]
    request = {"path": str(target), "join": names, "max_bytes": max_bytes, "max_pages": max_pages}
    _answer(request)


def draw(path: Path, content_type: str, *, page: int, width: int, turn: int) -> None:
    """Replace the kept file at `path` by a picture of one page. :raises UploadRefused:"""
    picture = {"page": page, "width": width, "turn": turn}
    _answer({"path": str(path), "content_type": content_type, "picture": picture})


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    # One at a time: a 40-megapixel photo takes 170 MB while it is open.
    if not _lock.acquire(timeout=limits.WAIT_SECONDS):
        raise UploadRefused("busy")
    try:
        answer = _ask(request) or _ask(request)  # the second asks a fresh process
    finally:
        _lock.release()
    if answer is None:
        raise UploadRefused("busy")
    if "refused" in answer:
        raise UploadRefused(answer["refused"], **answer["details"])
    return answer


def _ask(request: dict[str, Any]) -> dict[str, Any] | None:
    process = _process()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except OSError:
        line = ""
    if line:
        return json.loads(line)
    logger.warning("the checking process of %s ended; starting another", os.getpid())
    process.kill()
    process.wait()
    del _running[os.getpid()]
    return None


def _process() -> subprocess.Popen[str]:
    """Return this process's inspector; after a fork the parent's is not ours."""
    found = _running.get(os.getpid())
    if found is None:
        found = _running[os.getpid()] = subprocess.Popen(
            [sys.executable, "-m", "eservices.attachments.inspector"],
            cwd=settings.BASE_DIR,
            # Nothing of our environment: it holds keys.
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C goes to us; it ends when our pipe closes
        )
    return found
