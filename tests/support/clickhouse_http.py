"""A double of ClickHouse's HTTP interface on loopback: what is asked runs on ClickHouse's engine in this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb

_OWN = {
    *("query", "query_id", "database", "client_protocol_version", "wait_end_of_query"),
    *("enable_http_compression", "send_progress_in_http_headers", "http_headers_progress_interval_ms"),
}
"""What the interface itself takes; all else is a setting of the engine."""


@contextmanager
def clickhouse_http(folder: Path) -> Iterator[str]:
    """Serve the engine whose data is in ``folder`` and yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            text = f"{given['query']}\n{body.decode()}" if "query" in given else body.decode()
            parameters = {n.removeprefix("param_"): v for n, v in given.items() if n.startswith("param_")}
            settings = {n: v for n, v in given.items() if n not in _OWN and not n.startswith("param_")}
            try:
                with lock:
                    answer = self._run(given.get("database", "default"), text, parameters, settings)
            except RuntimeError as error:
                self._reply(500, str(error).encode(), {"X-ClickHouse-Exception-Code": "1"})
            else:
                self._reply(200, answer, {"X-ClickHouse-Summary": "{}"})

        do_GET = do_POST

        def _run(self, database: str, text: str, parameters: Any, settings: dict[str, str]) -> bytes:
            connection = chdb.connect(str(folder))
            try:
                connection.query(f"use `{database}`")
                for name, value in settings.items():
                    connection.query(f"set {name} = '{value}'")
                return bytes(connection.query(text, "TabSeparated", params=parameters).bytes() or b"")
            finally:
                connection.close()

        def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
