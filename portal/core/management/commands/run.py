"""The whole portal on this machine in one command: prepare, start web and worker, watch them."""

import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from portal.core import preparation
from portal.core.processes import Child, PidFile

GRACE = 25.0
LONGEST_PAUSE = 30.0


class Command(BaseCommand):
    help = "Prepare the database and the files, then run web server and worker until Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stopping = False
        self.pid_file = PidFile(Path(settings.DATA_DIR) / "run.json")
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            preparation.make_folders()
            if holder := self.pid_file.holder():
                raise CommandError(f"Guichet already runs here (process {holder}).")
            self.pid_file.take_over()
            _check_port()
            preparation.prepare(self.stdout.write)
        except OSError as exc:
            raise CommandError(f"Could not use {exc.filename}: {exc.strerror}.") from exc
        except DatabaseError as exc:
            raise CommandError(f"The database could not be used: {exc}") from exc
        if not self.stopping:
            self._serve()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping or not hasattr(self, "children"):
            sys.exit("Stopped.")  # a second Ctrl-C, or one during the preparation
        self.stopping = True

    def _serve(self) -> None:
        self.children = [Child("web", _web), Child("worker", _worker)]
        try:
            for child in self.children:
                child.start()
            self.pid_file.write(*(child.pid for child in self.children))
            if self._wait_for_web():
                self.stdout.write(_greeting())
                self.stdout.flush()  # also when it goes to a file
            self._watch()
        finally:
            for child in self.children:
                if child.is_alive():
                    os.kill(child.pid, signal.SIGTERM)
            for child in self.children:
                child.stop(GRACE)
            self.pid_file.remove()
        self.stdout.write("Stopped.")

    def _wait_for_web(self) -> bool:
        while not self.stopping and self.children[0].is_alive():
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex((_host().replace("0.0.0.0", "127.0.0.1"), _port())) == 0:  # noqa: S104
                    return True
            time.sleep(0.05)
        return False

    def _watch(self) -> None:
        """Restart whichever child ends; wait longer each time it ends soon after its start."""
        again_at = dict.fromkeys(self.children, 0.0)
        pause = dict.fromkeys(self.children, 0.0)
        while not self.stopping:
            for child in self.children:
                if child.is_alive():
                    continue
                if not again_at[child]:
                    child.kill()
                    recent = time.monotonic() - child.started_at < 60
                    pause[child] = min(max(1.0, pause[child] * 2), LONGEST_PAUSE) if recent else 0.0
                    again_at[child] = time.monotonic() + pause[child]
                    self.stderr.write(
                        f"{child.name} ended ({child.exit_code}); again in {pause[child]:.0f} s"
                    )
                elif time.monotonic() >= again_at[child]:
                    again_at[child] = 0.0
                    child.start()
                    self.pid_file.write(*(each.pid for each in self.children))
            time.sleep(0.2)


def _web() -> None:
    from gunicorn.app.wsgiapp import run  # heavy, and only this child needs it

    sys.argv = ["gunicorn", settings.WSGI_APPLICATION.replace(".application", ":application")]
    os.chdir(settings.BASE_DIR)
    run()


def _worker() -> None:
    call_command("worker")


def _host() -> str:
    return os.environ.get("HOST", "127.0.0.1")


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT is “{text}”; it must be a number from 1 to 65535.")
    return int(text)


def _check_port() -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_host(), _port()))
        except PermissionError as exc:
            raise CommandError(f"Port {_port()} needs root: choose one above 1023.") from exc
        except OSError as exc:
            raise CommandError(
                f"Port {_port()} is in use by another program. Choose another one: PORT=8001 make run"
            ) from exc


def _greeting() -> str:
    lines = ["", f"{settings.PORTAL_NAME} is running: {settings.BASE_URL}/", ""]
    path = Path(settings.DATA_DIR) / "demo-logins.json"
    if path.exists():
        logins = json.loads(path.read_text())
        first_of_role = {login["role"]: login for login in reversed(logins)}
        for login in reversed(first_of_role.values()):
            lines.append(
                f"  {login['role']:<18} {login['login']:<34} {login['password']:<22} {login.get('note', '')}"
            )
        lines += [
            "",
            f"  Staff also need a code; it is here, with all other accounts: {settings.BASE_URL}/__dev__/codes/",
            "",
        ]
    return "\n".join([*lines, "Ctrl-C stops everything; the data stays.", ""])
