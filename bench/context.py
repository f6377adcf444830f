"""What a scenario gets: browsers that count, and `measure()`."""

import gzip
import re
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler

TRANSACTION = re.compile(r"^\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)", re.IGNORECASE)
ASSET = re.compile(rb"""(?:src|href)="(/static/[^"?#]+)""")
COMPRESSED = (".css", ".js", ".svg", ".html", ".json")


@dataclass
class Counts:
    """What one run of a scenario cost, in milliseconds of processor, of the requests alone."""

    requests: int = 0
    queries: int = 0
    cpu: float = 0.0
    cpu_helpers: float = 0.0  # of the processes that check files for the web process
    database: float = 0.0
    bytes: int = 0
    bytes_plain: int = 0
    bytes_assets: int = 0
    pace: float = 1.0  # how much slower the machine was meanwhile than at its best
    clock: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


class Browser(Client):
    """A visitor with cookies. Requests go through the whole of WSGI: every middleware, compression.

    The sandbox or a test's own code may call the database between requests: it is not counted.
    """

    def __init__(self, counts: Counts, **defaults: Any) -> None:
        super().__init__(headers={"accept-encoding": "gzip"}, **defaults)
        self.handler = _handler()  # as in a server, the middleware is built once
        self.counts = counts
        self.seen: set[bytes] = set()

    def request(self, **request: Any) -> Any:
        counts = self.counts
        wall, cpu, database = time.perf_counter(), _cpu(), _database_cpu()
        with connection.execute_wrapper(self._count):
            response = super().request(**request)
        counts.cpu += _cpu() - cpu
        counts.database += _database_cpu() - database
        counts.clock.append((time.perf_counter() - wall) * 1000)
        counts.requests += 1
        counts.statuses.append(response.status_code)
        body = _body(response)
        counts.bytes += len(body) + _header_bytes(response)
        self._weigh_plain(response, body)
        return response

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not TRANSACTION.match(sql):
            self.counts.queries += 1
        return execute(sql, params, many, context)

    def _weigh_plain(self, response: HttpResponseBase, body: bytes) -> None:
        plain = gzip.decompress(body) if response.get("Content-Encoding") == "gzip" else body
        self.counts.bytes_plain += len(plain)
        if "text/html" in response.get("Content-Type", ""):
            for path in set(ASSET.findall(plain)) - self.seen:
                self.seen.add(path)
                self.counts.bytes_assets += _asset_bytes(path.decode())


class Context:
    """`data` is shared by the scenarios of one database: what one prepares, another may use."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.data: dict[str, Any] = {}
        self.results: list[dict[str, Any]] = []
        self.quickest = min(_fixed_work() for _ in range(5000))

    def _pace(self) -> float:
        """Return how much processor a fixed piece of work takes now, compared with the least ever.

        Where other programs share the cores and their caches, the same instructions take up to
        twice as much processor time.
        """
        took = sum(_fixed_work() for _ in range(3)) / 3
        self.quickest = min(self.quickest, took)
        return took / self.quickest

    def measure(
        self,
        name: str,
        journey: Callable[[Browser], Any],
        *,
        repeat: int = 10,
        warm: int = 2,
        size: int = 0,
        expect: tuple[int, ...] = (200, 301, 302, 303),
    ) -> dict[str, Any]:
        """Run `journey` with a fresh visitor `repeat` times and note medians; fail on other statuses.

        `size` is how much is in the database (cases, say), for the reader of the table.
        """
        for _ in range(warm):
            journey(Browser(Counts()))
        runs = []
        for _ in range(repeat):
            counts = Counts()
            before, pace = _helpers_cpu(), self._pace()
            journey(Browser(counts))
            counts.pace = (pace + self._pace()) / 2
            counts.cpu_helpers = _helpers_cpu() - before
            wrong = [status for status in counts.statuses if status not in expect]
            if wrong:
                raise AssertionError(f"{name}: unexpected answers {wrong}")
            runs.append(counts)
        result = {"name": name, "database": self.database, "size": size, **_summary(runs)}
        self.results.append(result)
        return result


def _summary(runs: list[Counts]) -> dict[str, Any]:
    def median(values: list[float]) -> float:
        return round(statistics.median(values), 2)

    walls = sorted(sum(run.clock) for run in runs)
    costs = sorted((run.cpu + run.database) / run.pace for run in runs)
    plain = sorted(run.cpu + run.database for run in runs)
    return {
        "requests": runs[-1].requests,
        "queries": int(statistics.median(run.queries for run in runs)),
        "cpu_ms": median([run.cpu for run in runs]),
        "cpu_helpers_ms": median([run.cpu_helpers for run in runs]),
        "db_ms": median([run.database for run in runs]),
        "pace": median([run.pace for run in runs]),
        "both_ms": round(statistics.median(plain), 2),
        "p95_both_ms": _late(plain),
        "cost_ms": round(statistics.median(costs), 2),
        "bytes": int(statistics.median(run.bytes for run in runs)),
        "bytes_plain": int(statistics.median(run.bytes_plain for run in runs)),
        "bytes_assets": int(statistics.median(run.bytes_assets for run in runs)),
        "p95_cost_ms": _late(costs),
        "p50_ms": median(walls),
        "p95_ms": _late(walls),
    }


def _late(ordered: list[float]) -> float:
    """Return the 95th percentile of what is in order already."""
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2)


def _fixed_work() -> float:
    """Return how many milliseconds of processor a piece of work takes that never changes."""
    begin = _cpu()
    table = {str(number): number for number in range(1500)}
    " ".join(f"{key}={value}" for key, value in table.items()).upper().split()
    return _cpu() - begin


@cache
def _handler() -> ClientHandler:
    handler = ClientHandler(enforce_csrf_checks=False)
    handler.load_middleware()
    return handler


def _cpu() -> float:
    """Milliseconds of processor this thread has used, in the program and in the system."""
    return time.thread_time_ns() / 1_000_000


def _database_cpu() -> float:
    """Milliseconds of processor that PostgreSQL's own process has spent on our connection.

    Nothing for SQLite, which works inside our thread and is in its time already. Unlike the clock,
    it does not count the time other programs had the processor.
    """
    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1_000_000


def _helpers_cpu() -> float:
    """Milliseconds of processor that our child processes, ended ones included, have used."""
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += sum(child.cpu_times()[:4])
    return total * 1000


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def _header_bytes(response: HttpResponseBase) -> int:
    lines = [f"{name}: {value}" for name, value in response.items()]
    lines += [cookie.output() for cookie in response.cookies.values()]
    return sum(len(line) + 2 for line in lines)


def _asset_bytes(path: str) -> int:
    """Return what a static file weighs on the wire: WhiteNoise serves what compresses, compressed."""
    found = finders.find(path.removeprefix(settings.STATIC_URL))
    if not found:
        return 0
    with open(str(found), "rb") as stream:
        content = stream.read()
    return len(gzip.compress(content, 9)) if path.endswith(COMPRESSED) else len(content)
