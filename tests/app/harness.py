"""The app over a table, spoken to as anyone: what tests of the API start from.

Subclasses add what one resource needs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from access_patterns import categories
from app.api.kit.container import bearer_token
from app.core.settings import Settings
from app.main import create_app
from app.services.policy import Caller
from model import Category, CategoryId, Role, Slug
from singletable import Repository
from tests.app import expect
from tests.app.policies import built
from tests.app.v1.stores import Store

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
class AppHarness:
    """`options` go to `create_app`, in place of the usual ones."""

    settings: Settings
    store: Store
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
        """With one category, `news`; `given` is what the subclass adds."""
        harness = cls(settings, store, **given)
        harness.category("news")
        return harness

    def configured(self, **settings: Any) -> Self:
        """Another app over the same table, with other settings."""
        return replace(self, settings=self.settings.model_copy(update=settings))

    def through(self, store: Store) -> Self:
        """Another app with another way to the same table."""
        return replace(self, store=store)

    @property
    def repository(self) -> Repository:
        return self.store.repository()

    @property
    def anonymous(self) -> TestClient:
        return TestClient(self.app)

    def speaking(self, name: str, role: str = "viewer") -> TestClient:
        return TestClient(self.app, headers={"Authorization": f"Bearer as-{name}-{role}"})

    @property
    def ada(self) -> TestClient:
        """An author, as editors are."""
        return self.speaking("ada", "editor")

    @property
    def editor(self) -> TestClient:
        return self.speaking("eva", "editor")

    @property
    def admin(self) -> TestClient:
        """May take every step with every post."""
        return self.speaking("root", "admin")

    def category(self, name: str) -> None:
        now = datetime.now(UTC)
        identity = CategoryId(name)
        shelf = Category(category_id=identity, slug=Slug(name), name=name, created_at=now)
        self.repository.write(categories.create(shelf))

    def count_in(self, name: str) -> int:
        """How many posts the category is said to have."""
        usage = self.repository.fetch(categories.usage(CategoryId(name)).consistent())
        assert usage is not None
        return usage.posts

    def draft(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        answer = self.speaking(by, "editor").post("/v1/posts", json={**TEXT, **fields})
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
