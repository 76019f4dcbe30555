"""A moto server that answers DynamoDB's requests one at a time, and no transaction twice.

moto carries transactions out in steps, and takes them back when one fails: beside others it
answers 500, or undoes what they wrote. One at a time they are isolated, as DynamoDB's
are. Other services are not kept waiting: whoever asks a queue may wait for a message. And moto
knows no ClientRequestToken: a transaction that a client repeats, since it waited too long for the
answer, would be refused by what the first one wrote.
"""

from __future__ import annotations

import runpy
from collections.abc import Iterable
from threading import Lock
from typing import Any

from moto.moto_server import werkzeug_app

from scripts.lib.moto_memory import bound_memory
from scripts.lib.transaction_tokens import Transactions, Wsgi, honouring_tokens


def one_at_a_time(answer: Wsgi) -> Wsgi:
    """`answer`, a method that is a WSGI application, with a lock around DynamoDB's requests."""
    lock = Lock()

    def guarded(self: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB_"):
            return answer(self, environ, start_response)
        with lock:
            return answer(self, environ, start_response)

    return guarded


def like_dynamodb(answer: Wsgi) -> Wsgi:
    """Both: a repetition waits for the first one's answer, and then has it."""
    return one_at_a_time(honouring_tokens(answer, Transactions()))


if __name__ == "__main__":
    application = werkzeug_app.DomainDispatcherApplication
    bound_memory()
    application.__call__ = like_dynamodb(application.__call__)
    runpy.run_module("moto.server", run_name="__main__", alter_sys=True)
