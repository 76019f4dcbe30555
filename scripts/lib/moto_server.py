"""A moto server that answers DynamoDB's requests one at a time.

moto carries transactions out in steps, and puts a copy of the table back when one fails: beside
others it answers 500, or undoes what they wrote. One at a time they are isolated, as DynamoDB's
are. Other services are not kept waiting: whoever asks a queue may wait for a message.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from moto.moto_server import werkzeug_app

Wsgi = Callable[..., Iterable[bytes]]


def one_at_a_time(answer: Wsgi) -> Wsgi:
    """`answer`, a method that is a WSGI application, with a lock around DynamoDB's requests."""
    lock = Lock()

    def guarded(self: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_"):
            return answer(self, environ, start_response)
        with lock:
            return answer(self, environ, start_response)

    return guarded


if __name__ == "__main__":
    application = werkzeug_app.DomainDispatcherApplication
    application.__call__ = one_at_a_time(application.__call__)
    runpy.run_module("moto.server", run_name="__main__", alter_sys=True)
