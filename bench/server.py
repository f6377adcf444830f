"""A server in this process for scenarios that drive a real browser: it counts what answers cost."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections

from bench.context import TRANSACTION, Counts


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server:
    """Answers on a free port; every answer that is no static file is added to `counts`."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.lock = threading.Lock()
        self.application = StaticFilesHandler(get_wsgi_application())
        self.httpd = ThreadedWSGIServer(("127.0.0.1", 0), _Silent)
        self.httpd.set_app(self)
        self.url = f"http://127.0.0.1:{self.httpd.server_port}"

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/static/"):
            return self.application(environ, start)
        answer = Counts(requests=1)

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            answer.queries += not TRANSACTION.match(sql)
            return execute(sql, params, many, context)

        cpu = time.thread_time_ns()
        try:
            with connection.execute_wrapper(count):
                body = self.application(environ, start)
                content = b"".join(body)
        finally:
            connections.close_all()
        answer.cpu = (time.thread_time_ns() - cpu) / 1_000_000
        self._add(answer)
        return [content]

    def _add(self, answer: Counts) -> None:
        with self.lock:
            self.counts.requests += answer.requests
            self.counts.queries += answer.queries
            self.counts.cpu += answer.cpu


@contextmanager
def serving() -> Iterator[Server]:
    """Serve from another thread until the block ends."""
    server = Server()
    thread = threading.Thread(target=server.httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.httpd.shutdown()
        server.httpd.server_close()
        thread.join()
