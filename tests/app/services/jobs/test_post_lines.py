"""A post as a line: nothing is lost on the way, and what is wrong is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.core.problems import Problem
from app.services.lines import (
    PostLine,
    identity_in,
    identity_of,
    parse_line,
    posts_of,
    unprocessable_line,
    write_line,
)
from app.services.objects import Line
from model import CategoryId, Job, JobId, JobKind, MediaId, Post, PostId, PostStatus, Slug, UserId

NOW = datetime(2026, 3, 14, 9, 26, 53, 123456, tzinfo=UTC)
LEFT_OUT = {"imported_at", "is_listed"}
POST_ID = PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA")
LINE: dict[str, Any] = {"title": "Hello", "categoryId": "news"}
JOB = Job(
    job_id=JobId("01JD9GZ2J0V5X7Q3M8K4T6B1RC"),
    kind=JobKind.IMPORT,
    requested_by=UserId("root"),
    object_name="0" * 40,
    created_at=NOW,
    started_at=NOW,
)


def read(text: bytes | None, number: int) -> PostLine:
    facts: Any = parse_line(Line(number, text, 0))
    try:
        return PostLine.model_validate(facts)
    except ValidationError as error:
        raise unprocessable_line(error) from None


def of(facts: dict[str, Any], number: int = 1) -> Post:
    return next(posts_of(read(json.dumps(facts).encode(), number), number, JOB))


def post(status: PostStatus) -> Post:
    return Post(
        post_id=POST_ID,
        author_id=UserId("ada"),
        category_id=CategoryId("news"),
        slug=Slug("hello"),
        title='Hello, "world"',
        summary="a\tb",
        body="한글 \U0001f600 \x00 \u2028\n",
        tags=["a", "b"],
        cover_media_id=MediaId("01JD9GZ2J0V5X7Q3M8K4T6B1RB"),
        media_ids=[MediaId("01JD9GZ2J0V5X7Q3M8K4T6B1RD")],
        status=status,
        status_since=NOW,
        published_at=NOW if status is PostStatus.PUBLISHED else None,
        publish_at=NOW + timedelta(days=9) if status is PostStatus.IN_REVIEW else None,
        created_at=NOW - timedelta(days=3),
        updated_at=NOW,
        former_slugs=[Slug("hi"), Slug("ho")],
        version=7,
    )


@pytest.mark.parametrize("status", PostStatus)
def test_what_is_written_is_read_as_the_same_post(status: PostStatus) -> None:
    """In each state, to the microsecond, version included; it is one line."""
    line = write_line(post(status))
    assert line.count(b"\n") == 1
    assert line.endswith(b"}\n")
    assert identity_in(line) == POST_ID
    facts = {"imported_at": JOB.started_at, "is_listed": status is PostStatus.PUBLISHED}
    again = post(status).model_copy(update=facts)
    bare = line.rstrip(b"\n").replace(b'"kind":"post",', b"")
    assert list(posts_of(read(bare, 1), 1, JOB)) == [again]


def test_a_line_has_every_field_of_a_post() -> None:
    """A field that the model gets has to be one of lines as well, but for what imports say."""
    assert set(PostLine.model_fields) == set(Post.model_fields) - LEFT_OUT


def test_title_and_category_are_enough() -> None:
    """It becomes a draft of the importer's, with an identity that follows from job and line."""
    made = of(LINE, 5)
    assert made == of(LINE, 5)
    assert made.post_id == identity_of(JOB, 5) != identity_of(JOB, 6)
    assert made.post_id[:10] == JOB.job_id[:10]
    assert (made.author_id, made.status, made.slug) == ("root", PostStatus.DRAFT, "hello")
    assert made.created_at == made.status_since == NOW
    assert made.published_at is None


def test_a_published_line_needs_no_moment() -> None:
    """It was published when it came into its state, or when it was made, or now."""
    day = "2025-01-01T00:00:00Z"
    for given in ({}, {"publishedAt": day}, {"statusSince": day}, {"createdAt": day}):
        made = of({**LINE, "status": "published", **given})
        assert made.published_at == made.status_since
        assert made.published_at == (datetime(2025, 1, 1, tzinfo=UTC) if given else NOW)


def test_without_a_slug_several_are_tried() -> None:
    """The title's words first, the identity last, none of the former ones."""
    facts = {**LINE, "formerSlugs": ["hello"]}
    tried = list(posts_of(read(json.dumps(facts).encode(), 1), 1, JOB))
    assert len(tried) > 2
    assert "hello" not in {each.slug for each in tried}
    assert tried[-1].slug == identity_of(JOB, 1).lower()


def test_a_byte_order_mark_and_a_carriage_return_are_no_fault() -> None:
    """The mark at the beginning of the file, the carriage return at the end of any line."""
    text = b"\xef\xbb\xbf" + json.dumps(LINE).encode() + b"\r"
    assert read(text, 1) == read(json.dumps(LINE).encode(), 1)
    assert refused(text, 2).code == "malformed-body"


def refused(text: bytes | None, number: int = 1) -> Problem:
    with pytest.raises(Problem) as found:
        list(posts_of(read(text, number), number, JOB))
    return found.value


MALFORMED = [
    (None, "the line has more than 409600 bytes"),
    (b"\xef\xbb\xbf", "column 1"),
    (b"{", "column 2"),
    (b"title,categoryId", "column 1"),
    (b'{"title": "\xff"}', "byte 11 is not UTF-8"),
    (b'{"title": "a", "title": "b", "categoryId": "news"}', "names a member twice"),
    (b'{"title": NaN}', "NaN is not JSON"),
    (b"[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "reason"), MALFORMED)
def test_what_is_no_json_says_why(text: bytes | None, reason: str) -> None:
    """In the words of the API, which quote nothing."""
    refusal = refused(text)
    assert refusal.code == "malformed-body"
    assert reason in str(refusal)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"title": None}, "line.title", "wrong-type"),
    ({"title": " "}, "line.title", "nothing-to-see"),
    ({"title": "x" * 201}, "line.title", "too-long"),
    ({"body": "x" * 100_001}, "line.body", "too-long"),
    ({"tags": ["x"] * 21}, "line.tags", "too-many"),
    ({"categoryId": "No Such"}, "line.categoryId", "wrong-form"),
    ({"postId": "1"}, "line.postId", "wrong-form"),
    ({"slug": "Not A Slug"}, "line.slug", "wrong-form"),
    ({"status": "gone"}, "line.status", "unknown-value"),
    ({"createdAt": "2026-01-01"}, "line.createdAt", "no-offset"),
    ({"version": "1"}, "line.version", "wrong-type"),
    ({"colour": "red"}, "line.colour", "unknown-field"),
    ({"publishedAt": "2025-01-01T00:00:00Z"}, "line.publishedAt", "not-published"),
    ({"createdAt": "2027-01-01T00:00:00Z"}, "line.createdAt", "in-the-future"),
    ({"slug": "a", "formerSlugs": ["a"]}, "line.formerSlugs", "repeated"),
    ({"formerSlugs": ["a", "a"]}, "line.formerSlugs", "repeated"),
    (
        {
            "status": "published",
            "publishedAt": "2025-01-01T00:00:00Z",
            "statusSince": "2025-01-02T00:00:00Z",
        },
        "line.statusSince",
        "differs",
    ),
]


@pytest.mark.parametrize(("wrong", "location", "code"), WRONG)
def test_a_value_that_is_wrong_is_named(wrong: dict[str, Any], location: str, code: str) -> None:
    """By its place in the line, with a code that programs may match."""
    refusal = refused(json.dumps({**LINE, **wrong}).encode())
    assert refusal.code == "unprocessable"
    assert [(each.location, each.code) for each in refusal.details()] == [(location, code)]


def test_no_object_is_no_post() -> None:
    """An array, a text, a number."""
    for text in (b"[]", b'"a"', b"1", b"null"):
        assert refused(text).code == "unprocessable"
