"""The virus scanner: a verdict is needed to let a file out, and no answer is no verdict."""

import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest

from eservices.attachments import checks, services, virus
from eservices.attachments.errors import UploadRefused
from eservices.attachments.models import Attachment, ScanStatus
from tests.attachments import samples


class Clamd(socketserver.StreamRequestHandler):
    """What clamd does of its protocol: frames with a length before each, then one line."""

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zPING\0":
            self.wfile.write(b"PONG\0")
            return
        body = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            body += self.rfile.read(length)
        self.server.seen.append(len(body))
        if len(body) > self.server.limit:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif b"%PDF-virus" in body or samples.EICAR in body:
            self.wfile.write(b"stream: Test.Virus FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def clamd(settings) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Clamd) as server:
        server.seen, server.limit = [], 10_000_000
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


@pytest.fixture
def nobody(settings) -> None:
    settings.CLAMD = "127.0.0.1:1"  # nobody listens there


def infected() -> bytes:
    return samples.pdf(1) + b"\n%" + samples.EICAR + b"\n%%EOF\n"


def test_file_that_the_scanner_passes_is_clean_and_served(clamd, keep):
    kept = keep(samples.pdf(2))
    assert kept.scan_status == ScanStatus.CLEAN
    assert clamd.seen == [kept.size], "what is kept was scanned, whole"
    assert services.serve(kept, inline=True).status_code == 200


def test_virus_is_refused_with_the_way_out(clamd, keep):
    with pytest.raises(UploadRefused) as caught:
        keep(infected())
    assert caught.value.code == "infected"
    assert "photo" in str(caught.value)
    assert not Attachment.objects.exists()


def test_scanner_away_holds_the_file_until_it_speaks(nobody, keep, settings, request):
    clean, bad = keep(samples.pdf(1), name="acte.pdf"), keep(infected(), name="piège.pdf")
    for held in (clean, bad):
        assert held.scan_status == ScanStatus.QUARANTINED
        answer = services.serve(held, inline=True)
        assert (answer.status_code, b"%PDF" in answer.content) == (423, False)
        with pytest.raises(UploadRefused):
            services.picture(held)
    assert services.rescan() == {}, "no answer is no verdict"
    assert checks.virus_scanner() == {"scanner": "away", "held": 2}

    request.getfixturevalue("clamd")
    assert services.rescan() == {"clean": 1, "refused": 1}
    clean.refresh_from_db()
    bad.refresh_from_db()
    assert services.serve(clean, inline=True).status_code == 200
    assert services.serve(bad, inline=True).status_code == 423
    assert "demandez" in bad.why_held.lower()
    assert checks.virus_scanner() == {"scanner": "answers", "held": 0}


def test_file_over_the_scanner_s_limit_is_held_never_clean(clamd, keep):
    clamd.limit = 10
    assert keep(samples.pdf(1)).scan_status == ScanStatus.QUARANTINED
    assert services.rescan() == {}


def test_the_same_infected_file_sent_again_is_refused(nobody, keep, request):
    keep(infected())
    request.getfixturevalue("clamd")
    services.rescan()
    with pytest.raises(UploadRefused) as caught:
        keep(infected())
    assert caught.value.code == "infected"


def test_without_a_scanner_nothing_is_held(settings, keep):
    settings.CLAMD = ""
    kept = keep(samples.pdf(1))
    assert kept.scan_status == ScanStatus.NOT_SCANNED
    assert not virus.is_configured()
    assert checks.virus_scanner() == {"scanner": "none"}
