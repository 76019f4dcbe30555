"""Records which of our functions one warm request passes through, and prints the table.

A report, not a limit: `pytest -s tests/app/test_walks.py`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient

from access_patterns import posts
from model import PostId, Role
from singletable import Repository
from tests.app import expect
from tests.app.harness import TEXT, AppHarness
from tests.app.services.accounts.conftest import open_harness

__all__ = ["open_harness"]

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / name}/" for name in ("access_patterns", "app", "model", "singletable"))
APP = f"{ROOT / 'app'}/"
GUARDS = f"{APP}api/guards/"
TEST_BACKEND = f"{ROOT / 'singletable' / 'testing'}/"

Function = tuple[str, int, str]


@dataclass
class Walk:
    """The functions of the project that were called, and those of the app below its guards."""

    called: set[Function] = field(default_factory=set[Function])
    of_guards: set[Function] = field(default_factory=set[Function])


class Recorder:
    """Notes the functions of the project that are called in any thread while it records; not those
    of the tests' backend, which stands where DynamoDB is."""

    def __init__(self) -> None:
        self.walk: Walk | None = None

    def __call__(self, frame: Any, event: str, _argument: object) -> None:
        code = frame.f_code
        if self.walk is None or event != "call" or not code.co_filename.startswith(OURS):
            return
        if code.co_filename.startswith(TEST_BACKEND):
            return
        function = code.co_filename, code.co_firstlineno, code.co_qualname
        self.walk.called.add(function)
        if code.co_filename.startswith(APP) and is_below_guards(frame):
            self.walk.of_guards.add(function)

    @contextmanager
    def recording(self) -> Iterator[Walk]:
        self.walk = walk = Walk()
        try:
            yield walk
        finally:
            self.walk = None


def is_below_guards(frame: Any) -> bool:
    """Whether it or whoever called it is a guard; the route class, which calls all, is none."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(GUARDS) and "routes" not in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def count(functions: set[Function]) -> str:
    return f"{len(functions)} in {len({file for file, *_ in functions})}"


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Threads that begin from here on are recorded: those of a new event loop, too."""
    recorder = Recorder()
    threading.setprofile(recorder)
    sys.setprofile(recorder)
    try:
        with start_blocking_portal() as portal:
            monkeypatch.setattr(TestClient, "portal", portal)
            yield recorder
    finally:
        threading.setprofile(None)
        sys.setprofile(None)


def test_walks_are_recorded(
    recorder: Recorder, harness: AppHarness, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each passes the pipeline and the pattern; functions and files are printed."""
    harness.account("root", Role.ADMIN)
    admin = harness.bearer(harness.sign_in("root"))
    anonymous = TestClient(harness.app)
    category = {"name": "News", "categoryId": "news", "slug": "news"}
    created = expect.success(admin.post("/v1/categories", json=category), 201)
    text = {**TEXT, "categoryId": created["categoryId"]}

    def create(at: int) -> Any:
        return admin.post("/v1/posts", json={**text, "title": f"Hello {at}"})

    post = expect.success(create(0), 201)
    for step in ("submit", "publish"):
        expect.success(admin.post(f"/v1/posts/{post['postId']}/{step}"))
    path = f"/v1/posts/{post['postId']}"
    repository = harness.repository
    walks = {
        "GET /v1/posts/{id}, anonymous": lambda at: anonymous.get(path),
        "GET /v1/posts/{id}, signed token": lambda at: admin.get(path),
        "GET /v1/posts": lambda at: anonymous.get("/v1/posts"),
        "POST /v1/posts": create,
        "one read through the repository": lambda at: fetch(repository, post["postId"]),
    }
    report = [f"{'functions in files of':<36}{'all':>12}{'guards':>12}{'engine':>12}"]
    for name, ask in walks.items():
        for at in (1, 2):
            ask(10 * len(report) + at)
        with recorder.recording() as walk:
            answer = ask(10 * len(report) + 3)
        assert answer is None or answer.is_success, answer.text
        of_engine = {each for each in walk.called if "/singletable/" in each[0]}
        counts = (count(each) for each in (walk.called, walk.of_guards, of_engine))
        report.append(f"{name:<36}" + "".join(f"{each:>12}" for each in counts))
        files = {file for file, *_ in walk.called}
        assert any("/singletable/repository/" in file for file in files)
        assert any("/access_patterns/" in file for file in files)
        assert bool(walk.of_guards) == (answer is not None)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(report) + "\n")


def fetch(repository: Repository, post_id: str) -> None:
    assert repository.fetch(posts.by_id(PostId(post_id))) is not None
