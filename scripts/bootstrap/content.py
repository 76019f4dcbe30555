"""The demo content itself: who, which shelves, which posts. Changes nothing, asks nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from model import PostStatus, Role

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Everyone may know it: it opens demo accounts of a user pool on this machine.
PASSWORD = "Demo-password-1"  # noqa: S105


@dataclass(frozen=True)
class DemoUser:
    """`short_name` stands for the user in the demo, and is its id where nobody told another."""

    short_name: str
    name: str
    role: Role

    @property
    def email(self) -> str:
        return f"{self.short_name}@example.com"


USERS = (
    DemoUser("ada", "Ada", Role.ADMIN),
    DemoUser("grace", "Grace", Role.EDITOR),
    DemoUser("sejong", "세종", Role.EDITOR),
    DemoUser("alan", "Alan", Role.VIEWER),
)

CATEGORIES = (
    ("news", "News", "root"),
    ("releases", "Releases", "news"),
    ("engineering", "Engineering", "root"),
    ("databases", "Databases", "engineering"),
    ("design", "Design", "engineering"),
    ("korean", "한국어", "root"),
)


@dataclass(frozen=True)
class DemoPost:
    """`author` is a short name; `first_body` is what the post said before its one edit."""

    post_id: str
    category: str
    author: str
    slug: str
    title: str
    summary: str
    body: str
    status: PostStatus = PostStatus.PUBLISHED
    tags: tuple[str, ...] = ()
    first_body: str = ""
    has_cover: bool = False


COVER = Path(__file__).with_name("table.png")
COVER_OBJECT = "00" * 20


def _id(number: int) -> str:
    """A ULID of the demo's own, in the order of the posts."""
    return "01JGT" + "0" * 19 + _ALPHABET[number // 32] + _ALPHABET[number % 32]


POSTS = (
    DemoPost(
        _id(1),
        "news",
        "ada",
        "hello-world",
        "Hello, world",
        "What this blog is about.",
        "One table holds every post, category, user and session you see here. The questions asked"
        " of it are declared in code, and this page was answered by one of them.",
        tags=("welcome",),
        first_body="One table holds everything.",
    ),
    DemoPost(
        _id(2),
        "databases",
        "grace",
        "one-table",
        "Why one table",
        "Related items live together, so one request fetches them.",
        "A post and its revisions share a partition key. Their sort keys keep them apart and in"
        " order: the present text first, then each former one.",
        tags=("dynamodb", "modelling"),
        has_cover=True,
    ),
    DemoPost(
        _id(3),
        "databases",
        "grace",
        "hot-partitions",
        "Keeping partitions cool",
        "A feed of everything must not live in one place.",
        "The feed is spread over four shards by a hash of the post's id. Readers ask all four and"
        " merge the answers; one cursor goes over all of them.",
        tags=("dynamodb", "sharding"),
    ),
    DemoPost(
        _id(4),
        "design",
        "ada",
        "names-matter",
        "Names matter",
        "An index entry is named after the question it answers.",
        "`posts.published_in_category` appears in code, in the documentation, in logs and in"
        " metrics. One name, one question.",
        tags=("naming",),
    ),
    DemoPost(
        _id(5),
        "korean",
        "sejong",
        "single-table-ko",
        "단일 테이블 설계란",
        "하나의 테이블에 모든 것을 담는 까닭.",
        "함께 읽는 항목은 같은 파티션에 둡니다. 글과 그 이전 판은 파티션 키가 같고, 정렬 키가"
        " 순서를 정합니다.",
        tags=("dynamodb", "한국어"),
    ),
    DemoPost(
        _id(6),
        "releases",
        "ada",
        "version-0-1",
        "Version 0.1",
        "The first release.",
        "Declare entities and questions; get requests, types, documentation and the table.",
        tags=("release",),
    ),
    DemoPost(
        _id(7),
        "engineering",
        "grace",
        "optimistic-locking",
        "Two editors, one post",
        "The second writer is told, not silently overruled.",
        "Every write of a post checks the version it was made from, and increments it.",
        tags=("concurrency",),
    ),
    DemoPost(
        _id(8),
        "korean",
        "sejong",
        "cursors-ko",
        "커서와 페이지",
        "다음 페이지는 어디에서 시작하는가.",
        "커서는 서명되어 있고, 그 커서를 만든 질문에만 쓸 수 있습니다.",
        tags=("한국어",),
    ),
    DemoPost(
        _id(9),
        "design",
        "grace",
        "review-me",
        "Deleting without regret",
        "Waiting for an editor.",
        "A category with posts on it cannot be deleted: a counter in the same transaction sees"
        " to that.",
        status=PostStatus.IN_REVIEW,
    ),
    DemoPost(
        _id(10),
        "news",
        "sejong",
        "next-steps",
        "Next steps",
        "Still being written.",
        "Sign-in, policies, caching.",
        status=PostStatus.DRAFT,
    ),
    DemoPost(
        _id(11),
        "releases",
        "ada",
        "version-0-0",
        "Version 0.0",
        "Superseded.",
        "An early preview, kept for the record.",
        status=PostStatus.ARCHIVED,
    ),
)
