"""A whole app to try the matrix on: people signed in at a real pool, and things made to order.

Every write to the table is noted, so that a refused request can be shown to have written nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any

from fastapi.testclient import TestClient
from moto import mock_aws
from pydantic import SecretStr
from ulid import ULID

from access_patterns import categories, jobs, media, posts, users
from app.core.settings import Settings
from app.services import sign_in, uploads
from app.services.jobs import NDJSON
from app.services.jobs import arriving as arriving_lines
from app.services.policy import Decisions
from app.services.sign_in import SignedIn
from model import (
    Category,
    CategoryId,
    ContentType,
    Job,
    JobId,
    JobKind,
    JobStatus,
    Media,
    MediaId,
    MediaStatus,
    Post,
    PostId,
    PostStatus,
    Revision,
    Role,
    Slug,
    User,
    UserId,
)
from scripts.docs.matrix import ROLES, Cell, Who
from singletable.transport import Transport
from tests.app.api.v1.jobs.steps import sqs_client
from tests.app.api.v1.media.steps import PNG, s3_client, s3_server
from tests.app.api.v1.stores import Store, in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.policies import built
from tests.app.services.accounts.user_pool import ORIGIN, PASSWORD

READING = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})
SETTINGS = Settings(
    app_env="local",
    table_name="matrix",
    dynamodb_endpoint="http://127.0.0.1:9",
    aws_region="us-east-1",
    cursor_secret=SecretStr("a secret of the tests alone, 32+"),
    reads_per_minute=1_000_000,
    writes_per_minute=1_000_000,
)
SHELF = CategoryId("news")
BUCKET = "files-of-the-matrix"
QUEUE = "jobs-of-the-matrix"


@dataclass
class MatrixHarness:
    base: AppHarness
    client: TestClient
    writes: list[str]
    s3: Any
    decisions: Decisions = field(default_factory=lambda: Decisions(built()))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _callers: dict[Who, SignedIn] = field(default_factory=dict[Who, SignedIn])
    _lasting: list[Any] = field(default_factory=list[Any])

    def settle(self) -> None:
        """From now on, what is there stays; the shelf and the callers are."""
        self._shelved(SHELF)
        for who in ROLES:
            self.caller(who)
        self.owner(Cell("anonymous", "posts.read", "post", "other"))
        self._lasting = self._keys()

    def tidy(self) -> None:
        """Deletes what came since, so that a list shows what its own test made."""
        store = self.base.store
        for key in self._keys():
            if key not in self._lasting:
                store.transport("DeleteItem", {"TableName": store.table, "Key": key})

    def _keys(self) -> list[Any]:
        asked = {"TableName": self.base.store.table, "ProjectionExpression": "PK, SK"}
        return list(self.base.store.transport("Scan", asked)["Items"])

    def name(self) -> str:
        """One that nothing else has."""
        return f"n{next(self._numbers)}"

    def caller(self, who: Who) -> SignedIn | None:
        """Someone with the role, the same each time; None for the anonymous."""
        if who != "anonymous" and who not in self._callers:
            self._callers[who] = self.newcomer(Role[who.upper()])
        return self._callers.get(who)

    def newcomer(self, role: Role) -> SignedIn:
        """Someone who has just signed in, and whose sessions a test may end."""
        return self.sign_in(self.base.account(self.name(), role))

    def sign_in(self, user: User) -> SignedIn:
        now = datetime.now(UTC)
        signed = sign_in.sign_in(self.base.service, user.email, PASSWORD, "", now)
        assert isinstance(signed, SignedIn)
        return signed

    @cached_property
    def someone_else(self) -> User:
        return self.base.account(self.name())

    def owner(self, cell: Cell) -> UserId:
        """Whose a thing has to be."""
        caller = self.caller(cell.who)
        if cell.ownership == "own":
            assert caller is not None
            return caller.user.user_id
        return self.someone_else.user_id

    def post(self, author: UserId, status: PostStatus, *, is_edited: bool = False) -> Post:
        """One in a state; an edited one has a former text, number 1."""
        now = datetime.now(UTC)
        made = Post(
            post_id=PostId(str(ULID.from_datetime(now))),
            author_id=author,
            category_id=SHELF,
            slug=Slug(self.name()),
            title=f"{status} by {author}",
            status=status,
            status_since=now,
            created_at=now,
            published_at=now if status is PostStatus.PUBLISHED else None,
        )
        post = self.base.repository.write(posts.create(made))
        if not is_edited:
            return post
        after = post.model_copy(update={"body": "Other words."})
        return self.base.repository.write(
            posts.edit(post, after, Revision.from_post(post, author, now))
        )

    def category(self) -> Category:
        return self._shelved(CategoryId(self.name()))

    def _shelved(self, identity: CategoryId) -> Category:
        shelf = Category(
            category_id=identity, slug=Slug(identity), name=identity, created_at=datetime.now(UTC)
        )
        return self.base.repository.write(categories.create(shelf))

    def file(self, owner: UserId, status: MediaStatus) -> Media:
        """One in a state, whose bytes are where the state has them: arrived, or kept."""
        now = datetime.now(UTC)
        made = Media(
            media_id=MediaId(str(ULID.from_datetime(now))),
            owner_id=owner,
            name="photo.png",
            content_type=ContentType.PNG,
            size=len(PNG),
            object_name=uploads.new_object_name(),
            status=status,
            created_at=now,
        )
        where = uploads.kept if status is MediaStatus.READY else uploads.arriving
        self.s3.put_object(Bucket=BUCKET, Key=where(made), Body=PNG, ContentType="image/png")
        return self.base.repository.write(media.create(made))

    def job(self, status: JobStatus) -> Job:
        """An import in a state: its lines have come, and its report is there."""
        now = datetime.now(UTC)
        made = Job(
            job_id=JobId(str(ULID.from_datetime(now))),
            kind=JobKind.IMPORT,
            requested_by=self.someone_else.user_id,
            status=status,
            size=3,
            object_name=uploads.new_object_name(),
            result="jobs/report",
            created_at=now,
        )
        self.s3.put_object(
            Bucket=BUCKET, Key=arriving_lines(made), Body=b"{}\n", ContentType=NDJSON
        )
        return self.base.repository.write(jobs.create(made))

    def objects(self) -> list[str]:
        """The keys of all that is in the bucket."""
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())]

    def stored_user(self, user_id: UserId) -> User | None:
        return self.base.repository.fetch(users.by_id(user_id).consistent())


def _noting(transport: Transport, writes: list[str]) -> Transport:
    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in READING:
            writes.append(operation)
        return transport(operation, parameters)

    return send


@contextmanager
def open_matrix() -> Generator[MatrixHarness]:
    """With one category, `news`, someone in each role, and a bucket."""
    writes = list[str]()
    with mock_aws(), s3_server() as endpoint, in_memory() as store:
        watched = Store(_noting(store.transport, writes), store.table)
        s3 = s3_client(endpoint)
        s3.create_bucket(Bucket=BUCKET)
        queue = sqs_client(endpoint).create_queue(QueueName=QUEUE)["QueueUrl"]
        given = {
            "session_cache_seconds": 2.0,
            "media_bucket": BUCKET,
            "s3_endpoint": endpoint,
            "jobs_queue_url": queue,
            "sqs_endpoint": endpoint,
        }
        with (
            open_with_pool(SETTINGS, watched, **given) as base,
            TestClient(base.app, base_url=ORIGIN) as client,
        ):
            harness = MatrixHarness(base, client, writes, s3)
            harness.settle()
            yield harness
