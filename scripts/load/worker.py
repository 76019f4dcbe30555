"""One of many who use the API at once. Writes to posts of its own making only: it knows those."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event
from uuid import uuid4

from scripts.load.client import Answer, ApiClient
from scripts.load.ledger import Content, Ledger
from scripts.load.reading import Readings

SHELF = "news"
MOST_OWN_POSTS = 12


@dataclass(frozen=True)
class Own:
    """A post of this worker's, as it was last acknowledged."""

    post_id: str
    etag: str
    content: Content

    @property
    def path(self) -> str:
        return f"/v1/posts/{self.post_id}"


class Worker:
    """`work` until told to stop: what comes next is chance, by weights."""

    def __init__(
        self, client: ApiClient, reader: ApiClient, ledger: Ledger, seed: int, *, may_delete: bool
    ) -> None:
        """`client` is signed in, and writes; `reader` reads."""
        self.client = client
        self.ledger = ledger
        self._chance = random.Random(seed)  # noqa: S311 - a load, not a secret
        self._readings = Readings(reader, client, ledger, self._chance)
        self._may_delete = may_delete
        self._own: list[Own] = []

    def work(self, over: Event) -> None:
        steps, weights = zip(*self._steps(), strict=True)
        while not over.is_set():
            self._chance.choices(steps, weights)[0]()

    def _steps(self) -> list[tuple[Callable[[], object], float]]:
        return [
            *self._readings.steps(),
            (self.create, 6),
            (self.edit, 8),
            (self.carry, 7),
            (self.delete, 3),
            (self.client.sign_in, 0.3),
        ]

    def create(self) -> None:
        """Lets go of the oldest when there are many: nobody changes it any more."""
        del self._own[: -MOST_OWN_POSTS + 1]
        content = Content(f"Load {uuid4()}", "As it was written.", "draft")
        body = {"title": content.title, "body": content.body, "categoryId": SHELF}
        key = {"Idempotency-Key": str(uuid4())}
        answer = self.client.ask("create", "POST", "/v1/posts", json=body, headers=key)
        if answer.is_ok:
            self._acknowledged(Own(answer.data["postId"], answer.etag, content))

    def edit(self) -> None:
        if post := self._some(lambda each: True):
            after = replace(post.content, body=f"Edited: {uuid4()}")
            self._change(post, after, "edit", "PATCH", post.path, json={"body": after.body})

    def carry(self) -> None:
        """A draft into review, or what is in review to the readers."""
        if post := self._some(lambda each: each.content.status != "published"):
            draft = post.content.status == "draft"
            step, status = ("submit", "in-review") if draft else ("publish", "published")
            after = replace(post.content, status=status)
            self._change(post, after, step, "POST", f"{post.path}/{step}")

    def delete(self) -> None:
        deletable = self._some(lambda each: self._may_delete or each.content.status == "draft")
        if deletable is None:
            return
        self._own.remove(deletable)
        self.ledger.deleting(deletable.post_id)
        answer = self.client.ask(
            "delete", "DELETE", deletable.path, headers={"If-Match": deletable.etag}
        )
        if answer.is_ok:
            self.ledger.acknowledge(deletable.post_id, None)
        elif answer.is_uncertain:
            self.ledger.doubt(deletable.post_id, None)

    def _change(
        self, post: Own, after: Content, operation: str, *how: str, **options: object
    ) -> None:
        answer: Answer = self.client.ask(
            operation, *how, headers={"If-Match": post.etag}, **options
        )
        self._own.remove(post)  # after an uncertain answer it is nobody's any more
        if answer.is_ok:
            self._acknowledged(Own(post.post_id, answer.etag, after))
        elif answer.is_uncertain:
            self.ledger.doubt(post.post_id, after)
        else:
            self._own.append(post)

    def _acknowledged(self, post: Own) -> None:
        self.ledger.acknowledge(post.post_id, post.content)
        self._own.append(post)

    def _some(self, wanted: Callable[[Own], bool]) -> Own | None:
        found = [each for each in self._own if wanted(each)]
        return self._chance.choice(found) if found else None
