"""What readers do: lists by cursor, posts by id and slug, categories, views. Writes no post."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from scripts.load.client import ApiClient
from scripts.load.ledger import Ledger

Step = tuple[Callable[[], object], float]
REMEMBERED = 200


class Readings:
    """Remembers posts that lists showed, and reads those."""

    def __init__(
        self, reader: ApiClient, viewer: ApiClient, ledger: Ledger, chance: random.Random
    ) -> None:
        """`viewer` is signed in: views count readers who are known."""
        self._reader = reader
        self._viewer = viewer
        self._ledger = ledger
        self._chance = chance
        self._seen: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._cursor: str | None = None

    def steps(self) -> list[Step]:
        return [
            (self.feed, 22),
            (self.shelf, 8),
            (self.by_id, 20),
            (self.by_slug, 10),
            (self.categories, 8),
            (self.view, 8),
        ]

    def feed(self) -> None:
        params = {"limit": "20"} | ({"cursor": self._cursor} if self._cursor else {})
        answer = self._reader.ask("feed page", "GET", "/v1/posts", params=params)
        self._cursor = answer.data["nextCursor"] if answer.is_ok else None
        self._seen.extend(answer.data["items"] if answer.is_ok else ())

    def shelf(self) -> None:
        params = {"category": "news", "limit": "10"}
        self._reader.ask("category page", "GET", "/v1/posts", params=params)

    def categories(self) -> None:
        self._reader.ask("categories", "GET", "/v1/categories")

    def by_id(self) -> None:
        self._of_seen(self._reader, "post by id", "GET", lambda post: f"/v1/posts/{post['postId']}")

    def by_slug(self) -> None:
        self._of_seen(
            self._reader, "post by slug", "GET", lambda post: f"/v1/posts/by-slug/{post['slug']}"
        )

    def view(self) -> None:
        self._of_seen(
            self._viewer, "view", "POST", lambda post: f"/v1/posts/{post['postId']}/views"
        )

    def _of_seen(
        self, who: ApiClient, name: str, method: str, path: Callable[[dict[str, Any]], str]
    ) -> None:
        """What was deleted since it was listed is rightly gone."""
        if not self._seen:
            return self.feed()
        post = self._chance.choice(self._seen)
        gone = partial(self._ledger.may_be_gone, post["postId"])
        who.ask(name, method, path(post), gone=gone)
        return None
