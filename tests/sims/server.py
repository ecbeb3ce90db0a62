"""Serving imitation sites on loopback: one thread per server, a free port, closed with the context."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.sims import faults
from tests.sims.sim import Answer, Ask, Sim, encode


class Handler(BaseHTTPRequestHandler):
    """Hands every request to the server's sim."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        ask = Ask.of(self.command, self.path, dict(self.headers), self.rfile.read(length))
        sim = self.server.sim
        with self.server.lock:
            self.server.waiting += 1
            self.server.most_waiting = max(self.server.most_waiting, self.server.waiting)
            answer = faults.apply(sim, ask, sim.answer(ask))
        time.sleep(sim.delay)
        body, headers = encode(sim, answer)
        if answer.status == 200 and ask.headers.get("if-none-match", "") == dict(headers).get("ETag"):
            answer, body = Answer(status=304), b""
        with self.server.lock:
            self.server.waiting -= 1
        self.reply(answer, headers, body)

    do_POST = do_GET

    def reply(self, answer: Answer, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(answer.status)
        for name, value in headers:
            self.send_header(name, value)
        if answer.chunked and body:
            self.send_header("Transfer-Encoding", "chunked")
        elif answer.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.send(answer, body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def send(self, answer: Answer, body: bytes) -> None:
        if answer.cut:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        elif answer.chunked and body:
            pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
            self.wfile.write(b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""]))
        elif answer.pace:
            for position in range(len(body)):
                self.wfile.write(body[position : position + 1])
                self.wfile.flush()
                time.sleep(answer.pace)
        else:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the sim keeps its requests."""


class Server(ThreadingHTTPServer):
    """A sim behind a port of 127.0.0.1; use it with ``with``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, sim: Sim, port: int = 0):
        super().__init__(("127.0.0.1", port), Handler)
        self.sim = sim
        self.lock = threading.Lock()
        self.waiting = self.most_waiting = 0
        """Requests without an answer: now, and at most."""
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> Server:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is ordinary here: kills are part of the tests."""

    def write_site_file(self, folder: Path) -> Path:
        """Write the sim's site file into the folder, so that ``PROPOSALS_SITES`` can name it."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.sim.id}.toml"
        path.write_text(self.sim.site_file(self.base), "utf-8")
        return path
