"""`python -m app.serve`: the API under uvicorn, which ends well. Knows no route.

SIGTERM and SIGINT end it: no further request is taken, those that run are answered, what was
opened is closed, and the exit code is 0. uvicorn alone would repeat the signal, and die of it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

import uvicorn

SPARE_SECONDS = 2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m app.serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    options = parser.parse_args(arguments)
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end)
    from app.main import app  # noqa: PLC0415  # it is made of the environment when it is imported

    seconds = app.state.container.settings.request_seconds
    uvicorn.run(
        app,
        host=options.host,
        port=options.port,
        proxy_headers=False,
        log_config=None,
        timeout_graceful_shutdown=int(seconds) + SPARE_SECONDS,
    )


def _end(_signal: int, _frame: FrameType | None) -> None:
    """uvicorn repeats the signal once it has ended: by then all is done."""
    sys.exit(0)


if __name__ == "__main__":
    main()
