"""static/js/upload.js in a real browser, against a server of ten lines."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.attachments import samples

pytestmark = pytest.mark.journey
FORM = (
    '<!doctype html><title>f</title><main><p class="g-errors" tabindex="-1">%s</p>'
    '<form data-upload data-upload-failed="Line lost" method="post" enctype="multipart/form-data">'
    '<input type="file" name="piece" multiple><button name="go" value="yes">Send</button></form>'
    '</main><script type="module" src="/upload.js"></script>'
)


class Server(BaseHTTPRequestHandler):
    received: list[bytes] = []
    answer = "shown again"

    def do_GET(self) -> None:
        if self.path.endswith(".js"):
            script = Path(settings.BASE_DIR, "static/js", self.path[1:]).read_bytes()
            self.reply("text/javascript", script)
        else:
            self.reply("text/html", (FORM % self.path).encode())

    def do_POST(self) -> None:
        type(self).received.append(self.rfile.read(int(self.headers["Content-Length"])))
        if self.answer == "redirect":
            self.send_response(303)
            self.send_header("Location", "/done")
            self.end_headers()
        else:
            self.reply("text/html", (FORM % self.answer).encode())

    def reply(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    Server.received, Server.answer = [], "shown again"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shown = browser.new_page()
    shown.goto(f"http://127.0.0.1:{server.server_port}/")
    yield shown
    shown.close()
    server.shutdown()


def send(page, *files: tuple[str, str, bytes]) -> None:
    page.set_input_files(
        "input", [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    )
    page.click("button")


def test_large_photo_is_reduced_and_other_files_are_sent_as_they_are(page):
    photo = samples.encoded(samples.picture(4000, 3000), "JPEG", quality=100, subsampling=0)
    document = samples.pdf()
    assert len(photo) > 900_000
    send(page, ("IMG 1.HEIC.png", "image/jpeg", photo), ("a.pdf", "application/pdf", document))
    page.wait_for_selector("text=shown again")
    (body,) = Server.received
    assert document in body
    assert b'name="go"' in body
    assert re.findall(rb'filename="([^"]+)"', body) == [b"IMG 1.HEIC.jpg", b"a.pdf"]
    assert len(body) < len(photo) / 2
    assert page.evaluate("document.activeElement.className") == "g-errors"


def test_form_shown_again_can_be_sent_again(page):
    for _ in range(2):
        send(page, ("a.pdf", "application/pdf", samples.pdf()))
        page.wait_for_function("!document.querySelector('progress')")
    assert len(Server.received) == 2


def test_redirect_is_followed(page):
    Server.answer = "redirect"
    send(page, ("a.pdf", "application/pdf", samples.pdf()))
    page.wait_for_url("**/done")


def test_lost_line_keeps_the_files_and_says_so(page):
    page.context.set_offline(True)
    send(page, ("a.pdf", "application/pdf", samples.pdf()))
    page.wait_for_selector("text=Line lost")
    page.context.set_offline(False)
    page.click("button")
    page.wait_for_selector("text=shown again")
    assert len(Server.received) == 1
