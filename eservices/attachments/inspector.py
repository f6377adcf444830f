"""The checking process: opens one hostile file at a time in a child of its own, with hard limits.

Started by sandbox.py as `python -m eservices.attachments.inspector`. It knows neither Django, nor
the database, nor any secret. One line of JSON in, one line of JSON out; end of input ends it.
A fork of this warm process costs two milliseconds, a fresh interpreter two hundred.
"""

import json
import os
import resource
import select
import signal
import sys
from pathlib import Path
from typing import Any

from eservices.attachments import image_checks, joining, limits, pdf_checks, pictures
from eservices.attachments.limits import Refusal


def main() -> None:
    pdf_checks.set_limits()
    image_checks.set_limits()
    for line in sys.stdin:
        answer = _in_child(json.loads(line))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _in_child(request: dict[str, Any]) -> dict[str, Any]:
    read_end, write_end = os.pipe()
    child = os.fork()
    if not child:
        _be_child(request, write_end)
    os.close(write_end)
    try:
        answer = _read(read_end)
    finally:
        os.close(read_end)
        os.kill(child, signal.SIGKILL)  # not yet waited for: the number is still its own
        os.waitpid(child, 0)
    # No answer: out of memory, out of time, or a crash of a decoder.
    return answer or {"refused": "too_complex", "details": {}}


def _read(read_end: int) -> dict[str, Any] | None:
    received = b""
    while select.select([read_end], [], [], limits.WAIT_SECONDS)[0]:
        chunk = os.read(read_end, 65536)
        if not chunk:
            return json.loads(received) if received else None
        received += chunk
    return None


def _be_child(request: dict[str, Any], write_end: int) -> None:
    """Answer and end the process, whatever happens."""
    try:
        _limit_myself()
        os.write(write_end, json.dumps(_check(request)).encode())
    finally:
        os._exit(0)


def _limit_myself() -> None:
    for kind, value in (
        (resource.RLIMIT_AS, limits.MEMORY_BYTES),
        (resource.RLIMIT_CPU, limits.CPU_SECONDS),
        (resource.RLIMIT_FSIZE, limits.OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def _check(request: dict[str, Any]) -> dict[str, Any]:
    path = Path(request["path"])
    try:
        if "join" in request:
            paths = [Path(one) for one in request["join"]]
            most = {"max_bytes": request["max_bytes"], "max_pages": request["max_pages"]}
            return joining.join(paths, path, **most)
        if "picture" in request:
            return pictures.draw(path, request["content_type"], **request["picture"])
        if request["content_type"] == "application/pdf":
            return pdf_checks.check_pdf(path, max_pages=request["max_pages"])
        return image_checks.check_image(path, request["content_type"])
    except Refusal as refusal:
        return {"refused": refusal.code, "details": refusal.details}
    except (MemoryError, RecursionError):
        return {"refused": "too_complex", "details": {}}


if __name__ == "__main__":
    main()
