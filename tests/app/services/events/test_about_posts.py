"""Which step of a post others hear of: every step from every state, and what is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from access_patterns import categories, posts
from app.services import post_writing
from app.services.policy import Caller
from app.services.post_writing import Text
from model import Category, CategoryId, Post, PostId, PostStatus, Revision, Role, Slug, UserId
from singletable import Repository
from singletable.errors import RequestError
from tests.app.api.v1.stores import KINDS, Store, open_store
from tests.app.services.events.made import BEFORE, NOW, a_post

EDITOR = Caller("eva", frozenset({Role.EDITOR}))
Step = Callable[[Repository, Post, datetime], Any]


def edit(**fields: str) -> Step:
    def step(repository: Repository, post: Post, now: datetime) -> Post:
        text = {"title": post.title, "summary": "", "body": "", "category_id": post.category_id}
        return post_writing.edit(repository, post, Text(tags=[], **(text | fields)), EDITOR, now)

    return step


def restore(repository: Repository, post: Post, now: datetime) -> Post:
    former = Revision.from_post(post.model_copy(update={"title": "Former"}), UserId("eva"), now)
    return post_writing.restore(repository, post, former, EDITOR, now)


def rename(repository: Repository, post: Post, now: datetime) -> Post:
    return post_writing.rename(repository, post, Slug(f"{post.slug}-2"), now)


STEPS: dict[str, Step] = {
    "submit": post_writing.submit,
    "publish": post_writing.publish,
    "unpublish": post_writing.unpublish,
    "archive": post_writing.archive,
    "edit": edit(body="Better words."),
    "move": edit(category_id="science"),
    "edit nothing": edit(),
    "rename": rename,
    "restore": restore,
    "delete": post_writing.delete,
}
HEARD: dict[tuple[str, PostStatus], str] = {
    ("publish", PostStatus.IN_REVIEW): "post.published",
    ("unpublish", PostStatus.PUBLISHED): "post.unpublished",
    ("archive", PostStatus.PUBLISHED): "post.unpublished",
    ("edit", PostStatus.PUBLISHED): "post.changed",
    ("move", PostStatus.PUBLISHED): "post.changed",
    ("rename", PostStatus.PUBLISHED): "post.changed",
    ("restore", PostStatus.PUBLISHED): "post.changed",
    **{("delete", status): "post.deleted" for status in PostStatus},
}
"""Every other step from every other state is not heard of."""


@pytest.fixture(scope="module", params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with open_store(request.param) as made:
        for name in ("news", "science"):
            shelf = Category(
                category_id=CategoryId(name), slug=Slug(name), name=name, created_at=BEFORE
            )
            made.repository().write(categories.create(shelf))
        yield made


def outbox(store: Store) -> list[dict[str, Any]]:
    """Every event that waits, as it will be sent."""
    asked = {
        "TableName": store.table,
        "FilterExpression": "entity = :event",
        "ExpressionAttributeValues": {":event": {"S": "OutboxEvent"}},
        "ConsistentRead": True,
    }
    return [json.loads(item["body"]["S"]) for item in store.transport("Scan", asked)["Items"]]


@pytest.mark.parametrize("status", PostStatus)
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_heard_of_or_not(store: Store, step: str, status: PostStatus) -> None:
    """One event in the step's transaction, or none; none either where the step is refused."""
    number = f"{list(STEPS).index(step)}{list(PostStatus).index(status)}"
    identity = PostId("01JD9GZ2J0V5X7Q3M8K4T6B1" + number.zfill(2))
    made = a_post(status, post_id=identity, slug=Slug(f"s{number}"))
    post = store.repository().write(posts.create(made))
    sent = list[str]()

    def note_request(operation: str, parameters: Any) -> Any:
        sent.append(operation)
        return store.transport(operation, parameters)

    refused = False
    try:
        STEPS[step](store.repository(note_request), post, NOW)
    except RequestError:
        refused = True
    heard = [each for each in outbox(store) if each["subject"] == identity]
    assert [each["type"] for each in heard] == [
        each for each in [HEARD.get((step, status))] if each
    ]
    if heard:
        assert not refused
        assert sent.count("TransactWriteItems") == 1
        assert heard[0]["sequence"] == "2".zfill(23)
        assert heard[0]["source"] + "/" + heard[0]["subject"] == f"/v1/posts/{identity}"


def test_a_draft_that_goes_says_nothing_of_itself(store: Store) -> None:
    """Neither slug nor title nor category of what readers never saw."""
    secret = a_post(PostStatus.DRAFT, post_id=PostId("01JD9GZ2J0V5X7Q3M8K4T6B1ZZ"), title="Secret")
    secret = secret.model_copy(update={"slug": Slug("secret"), "body": "Secret words."})
    post_writing.delete(store.repository(), store.repository().write(posts.create(secret)), NOW)
    (heard,) = [each for each in outbox(store) if each["subject"] == secret.post_id]
    assert heard["data"] == {"wasPublished": False, "slug": None, "categoryId": None}


def test_a_lost_race_is_not_heard_of(store: Store) -> None:
    """Two who publish the same: one event, though both read the post in review."""
    post = a_post(PostStatus.IN_REVIEW, post_id=PostId("01JD9GZ2J0V5X7Q3M8K4T6B1YY"))
    post = store.repository().write(posts.create(post.model_copy(update={"slug": Slug("race")})))
    post_writing.publish(store.repository(), post, NOW)
    with pytest.raises(RequestError):
        post_writing.publish(store.repository(), post, NOW)
    assert [each["type"] for each in outbox(store) if each["subject"] == post.post_id] == [
        "post.published"
    ]


def test_a_crash_leaves_both_or_none(store: Store) -> None:
    """Whether the process dies before the transaction is sent or after, post and event agree."""
    for is_sent in (False, True):
        identity = PostId(f"01JD9GZ2J0V5X7Q3M8K4T6B1X{int(is_sent)}")
        made = a_post(PostStatus.IN_REVIEW, post_id=identity, slug=Slug(f"crash-{is_sent}".lower()))
        post = store.repository().write(posts.create(made))

        def dying(operation: str, parameters: Any, is_sent: bool = is_sent) -> Any:
            if operation == "TransactWriteItems":
                if is_sent:
                    store.transport(operation, parameters)
                raise KeyboardInterrupt
            return store.transport(operation, parameters)

        with pytest.raises(KeyboardInterrupt):
            post_writing.publish(store.repository(dying), post, NOW)
        after = store.repository().fetch(posts.by_id(identity).consistent())
        assert after is not None
        heard = [each for each in outbox(store) if each["subject"] == identity]
        assert (after.status is PostStatus.PUBLISHED, len(heard)) == (is_sent, int(is_sent))
