"""The app over a table, spoken to as anyone: what tests of the API start from.

Beside the table there may be a user pool, a bucket and a queue: `open_with_pool` and its kin.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import uuid4

from fastapi import FastAPI
from fastapi.testclient import TestClient
from moto import mock_aws
from starlette.requests import Request

from access_patterns import categories
from app.adapters.jwt import SigningKeys
from app.api.kit.container import bearer_token
from app.core.settings import Settings
from app.main import create_app
from app.services.policy import Caller
from model import ROOT, Category, CategoryId, Role, Slug
from singletable import Repository
from tests.app import expect
from tests.app.api.v1.jobs.steps import JobSteps, sqs_client
from tests.app.api.v1.media.steps import FileSteps, s3_client
from tests.app.api.v1.previews.steps import PreviewSteps
from tests.app.api.v1.stores import Store
from tests.app.policies import built
from tests.app.services.accounts.user_pool import (
    AccountSteps,
    MotoPool,
    cognito_client,
    moto_keys,
    open_pool,
    pool_settings,
)

TEXT = {"title": "Hello", "body": "First words.", "categoryId": "news"}


class ByName:
    """`Bearer as-ada-editor` is Ada, an editor."""

    def authenticate(self, request: Request) -> Caller | None:
        match (bearer_token(request) or b"").decode().split("-"):
            case ["as", name, role]:
                return Caller(name, frozenset({Role[role.upper()]}))
            case _:
                return None


@dataclass
class AppHarness(AccountSteps, FileSteps, JobSteps, PreviewSteps):
    """`options` go to `create_app`, in place of the usual ones."""

    settings: Settings
    store: Store
    pool: MotoPool | None = field(default=None, kw_only=True)
    cognito: Any = field(default=None, kw_only=True)
    s3: Any = field(default=None, kw_only=True)
    sqs: Any = field(default=None, kw_only=True)
    options: dict[str, Any] = field(default_factory=dict[str, Any], kw_only=True)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        usual: dict[str, Any] = {
            "repository_factory": lambda _: self.store.repository(),
            "readiness": lambda: (),
            "policy": built(),
            "authenticators": (ByName(),),
        }
        self.app = create_app(self.settings, **(usual | self.options))
        self.app.state.clock = self.store.clock

    @classmethod
    def over(cls, settings: Settings, store: Store, **given: Any) -> Self:
        """With one category, `news`."""
        harness = cls(settings, store, **given)
        harness.category("news")
        return harness

    def with_settings(self, **settings: Any) -> Self:
        """Another app over the same table, with other settings."""
        return replace(self, settings=self.settings.model_copy(update=settings))

    def with_store(self, store: Store) -> Self:
        """Another app with another way to the same table."""
        return replace(self, store=store)

    @property
    def repository(self) -> Repository:
        """With a pool, that of its service."""
        return self.service.repository if self.pool else self.store.repository()

    @property
    def anonymous(self) -> TestClient:
        return TestClient(self.app)

    def client_as(self, name: str, role: str = "viewer") -> TestClient:
        return TestClient(self.app, headers={"Authorization": f"Bearer as-{name}-{role}"})

    @property
    def ada(self) -> TestClient:
        """An author, as editors are."""
        return self.client_as("ada", "editor")

    @property
    def editor(self) -> TestClient:
        return self.client_as("eva", "editor")

    @property
    def admin(self) -> TestClient:
        """May take every step with every post."""
        return self.client_as("root", "admin")

    def category(self, name: str, *, parent: str = ROOT) -> None:
        shelf = Category(
            category_id=CategoryId(name),
            parent_id=CategoryId(parent),
            slug=Slug(name),
            name=name,
            created_at=datetime.now(UTC),
        )
        self.repository.write(categories.create(shelf))

    def count_in(self, name: str) -> int:
        """How many posts the category is said to have."""
        usage = self.repository.fetch(categories.usage(CategoryId(name)).consistent())
        assert usage is not None
        return usage.posts

    def draft(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        answer = self.client_as(by, "editor").post("/v1/posts", json={**TEXT, **fields})
        return dict(expect.success(answer, 201))

    def published(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        post = self.draft(by, **fields)
        return self.steps(post, "submit", "publish")

    def steps(self, post: dict[str, Any], *names: str) -> dict[str, Any]:
        for name in names:
            post = expect.success(self.admin.post(f"{path(post)}/{name}"))
        return post

    def stored(self, post: dict[str, Any]) -> dict[str, Any]:
        """The post as an editor sees it now."""
        return dict(expect.success(self.editor.get(path(post))))

    def tag(self, post: dict[str, Any]) -> dict[str, str]:
        """If-Match with the present state."""
        return {"If-Match": self.editor.get(path(post)).headers["etag"]}


def path(post: dict[str, Any]) -> str:
    return f"/v1/posts/{post['postId']}"


@contextmanager
def open_with_pool(
    settings: Settings,
    store: Store,
    endpoint: str | None = None,
    options: dict[str, Any] | None = None,
    **changed: Any,
) -> Iterator[AppHarness]:
    """With a user pool, while moto answers for all else of AWS; `changed` are settings."""
    with mock_aws():
        cognito = cognito_client(endpoint)
        pool = open_pool(cognito)
        keys = SigningKeys("https://keys.example.com", moto_keys)
        usual = {"pool": pool, "authenticators": (), "keys": keys}
        configured = settings.model_copy(update=pool_settings(pool, endpoint) | changed)
        given = usual | (options or {})
        yield AppHarness(configured, store, pool=pool, cognito=cognito, options=given)


def open_with_bucket(settings: Settings, store: Store, endpoint: str) -> AppHarness:
    """With a bucket of its own."""
    name, s3 = f"files-{uuid4().hex}", s3_client(endpoint)
    s3.create_bucket(Bucket=name)
    changed = {"media_bucket": name, "s3_endpoint": endpoint}
    return AppHarness.over(settings.model_copy(update=changed), store, s3=s3)


def open_with_queue(settings: Settings, store: Store, endpoint: str) -> AppHarness:
    """With a bucket and a queue of its own."""
    sqs = sqs_client(endpoint)
    url = sqs.create_queue(QueueName=f"jobs-{uuid4().hex}")["QueueUrl"]
    changed = {"jobs_queue_url": url, "sqs_endpoint": endpoint}
    harness = open_with_bucket(settings.model_copy(update=changed), store, endpoint)
    return replace(harness, sqs=sqs)
