"""The parent of the background workers: starts them, watches them, restarts them, sweeps.

The queue's own supervisor does not survive everything: when an idle worker is killed while it holds
the lock of the pipe, no other worker gets a job any more and nothing says so. Signs of life are
therefore checked from outside, and the whole group is replaced.
"""

import logging
import signal
import time
from datetime import timedelta
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import DatabaseError, connections

from portal import jobs
from portal.core.errors import PortalError
from portal.core.processes import Child, PidFile
from portal.outbox.schedule import sweep

logger = logging.getLogger(__name__)

SWEEP_EVERY = 5.0
# Longer than a start, much shorter than the minute in which everything must be repaired.
PATIENCE = 15.0
GRACE = 20.0
LONGEST_PAUSE = 30.0


class AlreadyRunning(PortalError):
    code = "already_running"


class WorkerParent:
    """One per machine and data folder."""

    def __init__(self) -> None:
        self.pid_file = PidFile(Path(settings.DATA_DIR) / "worker" / "parent.json")
        self.cluster = Child("cluster", jobs.run_cluster)
        self.stopping = False
        self.pause = 0.0

    def run(self) -> None:
        """Keep the workers going until SIGTERM or SIGINT. :raises AlreadyRunning:"""
        if holder := self.pid_file.holder():
            raise AlreadyRunning(f"A worker already runs here (process {holder}).")
        self.pid_file.take_over()
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        try:
            self._start()
            self._watch()
        finally:
            self.cluster.stop(GRACE)
            self.pid_file.remove()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self) -> None:
        try:
            jobs.give_back_taken()
        except DatabaseError:
            logger.warning("the database does not answer; what was taken waits for its lock")
        self.cluster.start()
        self.pid_file.write(self.cluster.pid)

    def _watch(self) -> None:
        next_sweep = 0.0
        while not self.stopping:
            if not self.cluster.is_alive():
                self._restart(f"ended with code {self.cluster.exit_code}")
            if time.monotonic() >= next_sweep:
                next_sweep = time.monotonic() + SWEEP_EVERY
                self._sweep()
            time.sleep(0.2)

    def _sweep(self) -> None:
        try:
            sweep()
            if self._is_stuck():
                self._restart("gives no sign of life although work waits")
        except DatabaseError as exc:
            logger.warning("sweep put off: %s", exc)
            connections.close_all()

    def _is_stuck(self) -> bool:
        if time.monotonic() - self.cluster.started_at < PATIENCE:
            return False
        if jobs.seconds_since_sign_of_life() < PATIENCE:
            return False
        return jobs.seconds_since_oldest_taken() > PATIENCE or jobs.waiting(
            timedelta(seconds=PATIENCE)
        )

    def _restart(self, reason: str) -> None:
        logger.error("the worker cluster %s: starting it anew", reason)
        self.cluster.kill()
        # A job that kills its worker each time must not keep a processor busy for ever.
        lived = time.monotonic() - self.cluster.started_at
        self.pause = 0.0 if lived > 60 else min(max(1.0, self.pause * 2), LONGEST_PAUSE)
        deadline = time.monotonic() + self.pause
        while not self.stopping and time.monotonic() < deadline:
            time.sleep(0.1)
        if not self.stopping:
            self._start()
