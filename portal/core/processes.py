"""Child processes in groups of their own: none survives its parent, none is left half-dead."""

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from django.db import connections

PR_SET_PDEATHSIG = 1


class Child:
    """A forked copy of this process that runs `task` in its own session.

    A fork, because everything is imported already: a restart takes no time and shares memory.
    """

    def __init__(self, name: str, task: Callable[[], None]) -> None:
        self.name = name
        self.task = task
        self.pid = 0
        self.started_at = 0.0
        self.exit_code: int | None = None

    def start(self) -> None:
        # A connection must never be shared by two processes.
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        self.exit_code = None
        self.started_at = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            _become(self.task)

    def is_alive(self) -> bool:
        if self.pid and self.exit_code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return bool(self.pid) and self.exit_code is None

    def stop(self, grace: float) -> None:
        """Ask politely, wait at most `grace` seconds, then end whatever is left of the group."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while self.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        self.kill()

    def kill(self) -> None:
        """End the whole group at once. Safe to repeat."""
        if self.pid:
            kill_group(self.pid)
            deadline = time.monotonic() + 5
            while self.is_alive() and time.monotonic() < deadline:
                time.sleep(0.02)


def kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


class PidFile:
    """Which process holds a role on this machine, and which groups it started.

    A process that was killed cannot tidy up: `take_over()` does it for its successor.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def holder(self) -> int:
        """Return the pid of the living process that holds the role, or 0."""
        pid = self._read().get("pid", 0)
        return pid if pid and _started(pid) == self._read().get("started") else 0

    def take_over(self, grace: float = 3) -> None:
        """End the groups that a killed holder left behind."""
        left = [group for group in self._read().get("groups", []) if group_members(group)]
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(group_members(group) for group in left):
            time.sleep(0.1)
        for group in left:
            kill_group(group)

    def write(self, *groups: int) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_suffix(".part")
        state = {"pid": os.getpid(), "started": _started(os.getpid()), "groups": list(groups)}
        aside.write_text(json.dumps(state))
        aside.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def _read(self) -> dict:
        try:
            return dict(json.loads(self.path.read_text()))
        except (OSError, ValueError):
            return {}


def group_members(group: int) -> list[int]:
    """Return the pids of our own living processes in `group` (a number may have been given anew)."""
    return [
        pid
        for entry in Path("/proc").glob("[0-9]*")
        if _group(pid := int(entry.name)) == group and "manage.py" in _command_line(pid)
    ]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/<pid>/stat after the name; a dead or finished process has none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] in "ZX" else fields


def _group(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[2]) if fields else 0


def _started(pid: int) -> str:
    fields = _stat(pid)
    return fields[19] if fields else ""


def _command_line(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        return ""


def _become(task: Callable[[], None]) -> None:
    """Turn the freshly forked process into a group leader that runs `task` and ends."""
    code = 1
    try:
        parent = os.getppid()
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        _die_with_parent(parent)
        task()
        code = 0
    except SystemExit as exc:
        code = exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except BaseException:  # noqa: BLE001  nothing above this frame belongs to the child
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with_parent(parent: int) -> None:
    """Ask Linux for a SIGTERM when the parent ends, however it ends."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit(0)
