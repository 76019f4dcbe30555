"""A published post of before there were lists by tag is in them from its next change on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx2 import Response

from access_patterns import posts
from model import (
    CategoryId,
    ContentType,
    Media,
    MediaId,
    MediaStatus,
    Post,
    PostId,
    PostStatus,
    Revision,
    Slug,
    UserId,
)
from singletable import create, transaction
from tests.app import expect
from tests.app.harness import TEXT, AppHarness

PATH = "/v1/posts/01JD9GZ2J0V5X7Q3M8K4T6B1RA"
NOW = datetime(2026, 3, 14, tzinfo=UTC)
COVER = Media(
    media_id=MediaId("01JD9GZ2J0V5X7Q3M8K4T6B1RB"),
    owner_id=UserId("ada"),
    name="cover.png",
    content_type=ContentType.PNG,
    size=1,
    object_name="0" * 40,
    status=MediaStatus.READY,
    created_at=NOW,
)


@pytest.fixture
def former(harness: AppHarness) -> AppHarness:
    """As the design of before stored it, with a former text of other tags."""
    harness.category("science")
    post = Post(
        post_id=PostId(PATH.rpartition("/")[2]),
        author_id=UserId("ada"),
        category_id=CategoryId("news"),
        slug=Slug("former"),
        title="Before",
        tags=["Go", "old"],
        status=PostStatus.PUBLISHED,
        status_since=NOW,
        published_at=NOW,
        created_at=NOW,
    )
    ids = post.post_id, post.category_id
    belonging = posts.reserve_slug(post.slug, ids[0]), posts.count_in_category(ids[1])
    written = harness.repository.write(
        transaction(own := posts.import_post(post), *belonging).returning(own)
    )
    after = written.model_copy(update={"title": "After"})
    revision = Revision.from_post(written, post.author_id, NOW)
    harness.repository.write(posts.edit(written, after, revision))
    harness.repository.write(create(COVER))
    assert tagged(harness, "go") == []
    return harness


def tagged(harness: AppHarness, tag: str) -> list[str]:
    found = expect.success(harness.anonymous.get(f"/v1/posts?tag={tag}"))["items"]
    return [post["title"] for post in found]


def counted(harness: AppHarness) -> dict[str, int]:
    return {
        name: expect.success(harness.anonymous.get(f"/v1/categories/{name}"))["posts"]
        for name in ("news", "science")
    }


TAGS: dict[str, Any] = {"tags": ["go", "old"]}
CHANGES: dict[str, Callable[[Any, dict[str, str]], Response]] = {
    "PUT": lambda api, lock: api.put(PATH, json={**TEXT, **TAGS}, headers=lock),
    "PATCH": lambda api, lock: api.patch(PATH, json={"body": "x"}, headers=lock),
    "slug": lambda api, lock: api.put(f"{PATH}/slug", json={"slug": "new"}, headers=lock),
    "media": lambda api, lock: api.put(
        f"{PATH}/media", json={"coverMediaId": COVER.media_id}, headers=lock
    ),
    "restore": lambda api, lock: api.post(f"{PATH}/revisions/1/restore", headers=lock),
}
INTO = {"into": "science"}


def locked(harness: AppHarness) -> dict[str, str]:
    return {"If-Match": harness.admin.get(PATH).headers["etag"]}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_lists_and_counts_it_once(
    former: AppHarness, change: Callable[[Any, dict[str, str]], Response]
) -> None:
    """Whatever the change; a withdrawal then takes it out again."""
    expect.success(change(former.admin, locked(former)))
    assert len(tagged(former, "go")) == len(tagged(former, "old")) == 1
    assert counted(former) == {"news": 1, "science": 0}
    expect.success(former.admin.post(f"{PATH}/unpublish"))
    assert tagged(former, "go") == []
    assert counted(former) == {"news": 0, "science": 0}


@pytest.mark.parametrize("verb", ["empty", "merge"])
@pytest.mark.parametrize("is_listed", [True, False])
def test_it_is_moved_with_its_category(former: AppHarness, verb: str, *, is_listed: bool) -> None:
    """Listed or not before, it is afterwards."""
    if is_listed:
        expect.success(CHANGES["slug"](former.admin, locked(former)))
    expect.success(former.admin.post(f"/v1/categories/news/{verb}", json=INTO))
    assert len(tagged(former, "go")) == 1
    science = expect.success(former.anonymous.get("/v1/categories/science"))
    assert science["posts"] == 1


@pytest.mark.parametrize("verb", ["PUT", "PATCH"])
def test_tags_and_category_change_at_once(former: AppHarness, verb: str) -> None:
    """What is no tag or category of the post any more loses it."""
    expect.success(CHANGES["slug"](former.admin, locked(former)))
    body = {**TEXT, "title": "Changed", "tags": ["new", "go"], "categoryId": "science"}
    expect.success(former.admin.request(verb, PATH, json=body, headers=locked(former)))
    assert (tagged(former, "go"), tagged(former, "new")) == (["Changed"], ["Changed"])
    assert tagged(former, "old") == []
    assert counted(former) == {"news": 0, "science": 1}


def test_a_restored_text_has_its_tags_again(former: AppHarness) -> None:
    """And none of those that replaced them."""
    change = {"tags": ["new"]}
    expect.success(former.admin.patch(PATH, json=change, headers=locked(former)))
    assert tagged(former, "old") == []
    expect.success(CHANGES["restore"](former.admin, locked(former)))
    assert (tagged(former, "new"), tagged(former, "old")) == ([], ["Before"])


@pytest.mark.parametrize("step", ["archive", "delete"])
def test_what_is_withdrawn_is_in_no_list(former: AppHarness, step: str) -> None:
    """Archived or deleted."""
    expect.success(CHANGES["slug"](former.admin, locked(former)))
    if step == "delete":
        assert former.admin.delete(PATH).status_code == 204
    else:
        expect.success(former.admin.post(f"{PATH}/archive"))
    assert tagged(former, "go") == tagged(former, "old") == []
    assert counted(former) == {"news": 0, "science": 0}
    assert expect.success(former.anonymous.get("/v1/tags"))["items"] == []
