"""`python -m app.serve`: the API under uvicorn, which ends well. Knows no route.

SIGTERM and SIGINT end it: no further request is taken, those that run are answered, what was
opened is closed, and the exit code is 0. uvicorn alone would repeat the signal, and die of it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

SPARE_SECONDS = 2
BOTH_LENGTHS = {b"content-length", b"transfer-encoding"}


class StrictConnection(h11.Connection):
    """Refuses a request that states its length twice: proxies disagree on where it ends."""

    def next_event(self) -> Any:
        event = super().next_event()
        if isinstance(event, h11.Request) and {name for name, _ in event.headers} >= BOTH_LENGTHS:
            raise h11.RemoteProtocolError("both Content-Length and Transfer-Encoding")
        return event


class StrictProtocol(H11Protocol):
    """Answers such a request with 400 and closes: what follows it is nobody's request.

    h11 also in the presence of httptools, which takes two Host headers, or none.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.conn = StrictConnection(h11.SERVER)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m app.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    options = parser.parse_args(arguments)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end)
    from app.main import app  # noqa: PLC0415  # it is made of the environment when it is imported

    for route in app.routes:  # makes what they leave to their first use, or says what is wrong
        getattr(route, "app", None)
    seconds = app.state.container.settings.request_seconds
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        http=StrictProtocol,
        ws="none",
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=int(seconds) + SPARE_SECONDS,
    )


def _end(_signal: int, _frame: FrameType | None) -> None:
    """uvicorn repeats the signal once it has ended: by then all is done."""
    sys.exit(0)


if __name__ == "__main__":
    main()
