"""A whole portal on a free port with a data folder of its own, and an office beside it."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from tests.faults.points import Flags
from tests.faults.test_kill import ROOT, wait_until

FIRST_START = 900


class Desk:
    """A process that does what it is told, one order at a time."""

    def __init__(self, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.desk"],
            cwd=ROOT,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, order: str, *args: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([order, *args]) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        line = self.answer_or_end()
        assert line, "the desk ended"
        return json.loads(line)

    def answer_or_end(self) -> str:
        """Wait for the answer, or for the end of the process; nothing then."""
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class WholePortal:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.flags = Flags(folder)
        default = f"sqlite:///{folder / 'trial.sqlite3'}"
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.main_job_settings",
            "GUICHET_DATA_DIR": str(folder / "data"),
            "FAULT_EFFECTS": str(folder),
            "DATABASE_URL": os.environ.get("DATABASE_URL") or default,
            "PORT": str(self.port),
        }
        self.desk = Desk(self.env | {"FAULT_SPARED": "1"})
        self.ask("prepare")
        self.log = (folder / "run.log").open("w")
        self.process = self._spawn("manage.py", "run", stdout=self.log, stderr=self.log)
        wait_until(self._answers, FIRST_START, f"the portal answers ({self.log.name})")
        self.ask("set_up")

    def ask(self, order: str, *args: Any) -> Any:
        """Give the desk that no trial ends an order, and return its answer."""
        self.desk.tell(order, *args)
        return self.desk.answer()

    def web(self) -> psutil.Process:
        return psutil.Process(self.process.pid).children()[0]

    def web_worker(self) -> psutil.Process:
        return self.web().children()[0]

    def cluster(self) -> psutil.Process:
        """The process that leads the queue: worker parent → this one → sentinel → its workers."""
        return psutil.Process(self.process.pid).children()[1].children()[0]

    def queue_worker(self) -> psutil.Process:
        return self.cluster().children()[0].children()[0]

    def end(self) -> None:
        self.desk.end()
        self.process.terminate()
        self.process.wait(60)
        self.log.close()

    def _spawn(self, *args: str, **options: Any) -> subprocess.Popen:
        return subprocess.Popen([sys.executable, *args], cwd=ROOT, env=self.env, **options)

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"the portal ended ({self.log.name})"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as got:
                return got.status == 200
        except OSError:
            return False
