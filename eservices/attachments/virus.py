"""Ask the virus scanner of this installation, clamd, about one file. By the INSTREAM command."""

import socket
import struct
from pathlib import Path
from typing import IO

from django.conf import settings

from eservices.attachments.models import ScanStatus
from portal.core.errors import PortalError

CHUNK = 64 * 1024
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 20.0  # ten megabytes of noise take a little over one
MOST_BYTES_OF_ANSWER = 4096


class ScannerAway(PortalError):
    """The scanner gave no verdict: the file is neither clean nor infected."""

    code = "scanner_away"


def is_configured() -> bool:
    """Tell whether this installation has a scanner (`GUICHET_CLAMD`)."""
    return bool(settings.CLAMD)


def scan(stream: IO[bytes]) -> ScanStatus:
    """Return CLEAN or REFUSED for the bytes of `stream`; NOT_SCANNED where there is no scanner.

    A file over the scanner's own limit (`StreamMaxLength`) was not read to its end, so it counts
    as no verdict.
    :raises ScannerAway: when no verdict came.
    """
    if not is_configured():
        return ScanStatus.NOT_SCANNED
    answer = _ask(b"zINSTREAM\0", stream)
    if answer.endswith(" OK"):
        return ScanStatus.CLEAN
    if answer.endswith(" FOUND"):
        return ScanStatus.REFUSED
    raise ScannerAway(answer or "no answer")


def answers() -> bool:
    """Tell whether the scanner says that it is there."""
    try:
        return _ask(b"zPING\0") == "PONG"
    except ScannerAway:
        return False


def _ask(command: bytes, stream: IO[bytes] | None = None) -> str:
    try:
        with _connect() as line:
            line.sendall(command)
            if stream is not None:
                while chunk := stream.read(CHUNK):
                    line.sendall(struct.pack("!L", len(chunk)) + chunk)
                line.sendall(struct.pack("!L", 0))
            return _answer(line)
    except OSError as exc:
        raise ScannerAway(type(exc).__name__) from exc


def _connect() -> socket.socket:
    """Open a line to `unix:/path/of/the/socket` or `host:port`."""
    where: str = settings.CLAMD
    if where.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(CONNECT_SECONDS)
        line.connect(str(Path(where.removeprefix("unix:"))))
    else:
        host, _colon, port = where.rpartition(":")
        line = socket.create_connection((host, int(port)), timeout=CONNECT_SECONDS)
    line.settimeout(ANSWER_SECONDS)
    return line


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < MOST_BYTES_OF_ANSWER:
        part = line.recv(MOST_BYTES_OF_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode(errors="replace")
