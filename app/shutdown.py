"""The end of an app: what was opened for it is closed, once no request runs any more.

On Lambda this never happens: there the process is frozen and thrown away.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

log = logging.getLogger(__name__)


def closing_at_the_end(
    opened: ExitStack,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A lifespan. The server ends it when the running requests are answered."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield
        await run_in_threadpool(opened.close)
        log.info("closed")

    return lifespan
