"""An HTTP server on a free port of 127.0.0.1."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class LoopbackServer(ThreadingHTTPServer):
    """Answers by a handler from now on, until `shutdown()`."""

    def __init__(self, handler: type[LoopbackHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores errors: the client may have closed the connection."""

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class LoopbackHandler(BaseHTTPRequestHandler):
    """A handler without an access log."""

    def log_message(self, format: str, *args: Any) -> None:
        pass
