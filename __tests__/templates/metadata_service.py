"""A metadata service on loopback."""

from __future__ import annotations

import time

from loopback import LoopbackHandler, LoopbackServer


class MetadataService(LoopbackServer):
    """A metadata service on loopback that requires a token, as IMDSv2 does. `answers` has status and body by path."""

    def __init__(self) -> None:
        super().__init__(Handler)
        self.answers: dict[str, tuple[int, str]] = {
            "/latest/api/token": (200, "a-token"),
            "/latest/meta-data/local-ipv4": (200, "127.0.0.1"),
            "/latest/meta-data/instance-id": (200, "i-0123456789abcdef0"),
        }
        self.asked: list[str] = []
        # After each byte of a body, in seconds. Without a pause, a body is sent at once.
        self.pause = 0.0


class Handler(LoopbackHandler):
    server: MetadataService

    def do_PUT(self) -> None:
        self.answer("X-aws-ec2-metadata-token-ttl-seconds" in self.headers)

    def do_GET(self) -> None:
        self.answer(self.headers.get("X-aws-ec2-metadata-token") == "a-token")

    def answer(self, allowed: bool) -> None:
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path, (404, "")) if allowed else (401, "")
        self.send_response(status)
        self.end_headers()
        for part in body if self.server.pause else [body]:
            self.wfile.write(part.encode("latin-1"))
            time.sleep(self.server.pause)
