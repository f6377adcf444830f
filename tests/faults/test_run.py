"""`manage.py run`: a killed web server or worker comes back; whatever ends it, nothing is left."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.faults.test_kill import ROOT, wait_until

pytestmark = pytest.mark.faults


class Portal:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "GUICHET_DATA_DIR": str(folder / "data"),
            "FAULT_EFFECTS": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'run.sqlite3'}",
            "PORT": str(self.port),
        }
        self.process = self.start()

    def start(self) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.process = process
        wait_until(self.answers, 120, "the portal answers")
        wait_until(lambda: len(self.family()) >= 11, 30, "web and worker are whole")
        return process

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as got:
                return got.status == 200
        except OSError:
            return False

    def family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    portal = Portal(tmp_path)
    yield portal
    portal.process.terminate()
    portal.process.communicate(timeout=40)


def gone(processes: list[psutil.Process]) -> bool:
    return not any(process.is_running() for process in processes)


def test_killed_children_come_back_and_nothing_is_left(portal: Portal) -> None:
    web, worker = (portal.family()[0].children())[:2]
    for child in (web, worker):
        orphans = child.children(recursive=True)
        child.kill()
        wait_until(lambda left=orphans: gone(left), 20, "its own children end")
        wait_until(lambda: len(portal.family()) >= 11, 30, "it comes back")
        wait_until(portal.answers, 20, "the portal answers again")

    second = subprocess.run(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=portal.env,
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert "already runs" in second.stderr
    assert "Traceback" not in second.stderr

    family = portal.family()
    portal.process.send_signal(signal.SIGINT)
    output, _ = portal.process.communicate(timeout=40)
    assert portal.process.returncode == 0, output
    assert "Traceback" not in output
    assert gone(family)

    portal.start()
    family = portal.family()
    portal.process.kill()
    portal.process.communicate(timeout=40)
    wait_until(lambda: gone(family), 40, "nothing survives a killed parent")
