"""Reads every acknowledged write back, when the load is over. Knows no measure."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from scripts.load.client import Answer, ApiClient
from scripts.load.ledger import Content, Ledger, State

ATTEMPTS = 10
PAUSE_SECONDS = 1.0


class Unreadable(Exception):
    """A post cannot be read, so that nobody can say whether it is lost."""

    def __init__(self, path: str, outcome: str) -> None:
        super().__init__(f"GET {path} answers {outcome}, {ATTEMPTS} times")


def lost(ledger: Ledger, clients: Sequence[ApiClient]) -> list[str]:
    """What is not as it was acknowledged, in words. The first client is an administrator's."""
    reader = clients[0]
    with ThreadPoolExecutor(len(clients)) as threads:
        shares = [ledger.posts()[number :: len(clients)] for number in range(len(clients))]
        parts = threads.map(_states, clients, shares)
        found = {post_id: state for part in parts for post_id, state in part.items()}
    listed = {post_id for client in clients for post_id in _published_by(client, reader)}
    return [
        *map(str, ledger.losses(found)),
        *(f"post {post_id} is published and in no list" for post_id in ledger.unlisted(listed)),
    ]


def _states(client: ApiClient, post_ids: Sequence[str]) -> dict[str, State]:
    return {post_id: _state(client, post_id) for post_id in post_ids}


def _state(client: ApiClient, post_id: str) -> State:
    answer = _read(client, f"/v1/posts/{post_id}", {})
    if answer.status == HTTPStatus.NOT_FOUND:
        return None
    return Content(answer.data["title"], answer.data["body"], answer.data["status"])


def _published_by(author: ApiClient, reader: ApiClient) -> set[str]:
    listed: set[str] = set()
    params = {"author": author.user_id, "limit": "100"}
    while True:
        page = _read(reader, "/v1/posts", params).data
        listed |= {post["postId"] for post in page["items"]}
        if page["nextCursor"] is None:
            return listed
        params["cursor"] = page["nextCursor"]


def _read(client: ApiClient, path: str, params: dict[str, str]) -> Answer:
    """A part that was pulled out may take a while to come back."""
    for _ in range(ATTEMPTS):
        answer = client.ask("read back", "GET", path, params=params, gone=lambda: True)
        if answer.is_ok or answer.status == HTTPStatus.NOT_FOUND:
            return answer
        time.sleep(PAUSE_SECONDS)
    raise Unreadable(path, answer.outcome)
