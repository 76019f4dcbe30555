"""Records which of our functions one warm request passes through, and prints the table.

A report, not a limit: `pytest -s tests/app/test_walks.py`.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi.testclient import TestClient

from access_patterns import posts
from model import PostId, Role
from singletable import Repository
from tests.app import expect
from tests.app.accounts.conftest import town
from tests.app.accounts.town import Town
from tests.app.harness import TEXT

__all__ = ["town"]

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT / name}/" for name in ("access_patterns", "app", "model", "singletable"))


class Recorder:
    """Notes the functions of the project that are called in any thread while it records."""

    def __init__(self) -> None:
        self.called: set[tuple[str, int, str]] | None = None

    def __call__(self, frame: Any, event: str, _argument: object) -> None:
        code = frame.f_code
        if self.called is not None and event == "call" and code.co_filename.startswith(OURS):
            self.called.add((code.co_filename, code.co_firstlineno, code.co_qualname))

    @contextmanager
    def recording(self) -> Iterator[set[tuple[str, int, str]]]:
        self.called = called = set[tuple[str, int, str]]()
        try:
            yield called
        finally:
            self.called = None


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
    recorder: Recorder, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each passes the pipeline and the pattern; functions and files are printed."""
    town.account("root", Role.ADMIN)
    admin = town.bearer(town.signed_in("root"))
    anonymous = TestClient(town.app)
    category = {"name": "News", "categoryId": "news", "slug": "news"}
    created = expect.success(admin.post("/v1/categories", json=category), 201)
    text = {**TEXT, "categoryId": created["categoryId"]}

    def create(at: int) -> Any:
        return admin.post("/v1/posts", json={**text, "title": f"Hello {at}"})

    post = expect.success(create(0), 201)
    for step in ("submit", "publish"):
        expect.success(admin.post(f"/v1/posts/{post['postId']}/{step}"))
    path = f"/v1/posts/{post['postId']}"
    repository = town.repository
    walks = {
        "GET /v1/posts/{id}, anonymous": lambda at: anonymous.get(path),
        "GET /v1/posts/{id}, signed token": lambda at: admin.get(path),
        "GET /v1/posts": lambda at: anonymous.get("/v1/posts"),
        "POST /v1/posts": create,
        "one read through the repository": lambda at: fetch(repository, post["postId"]),
    }
    report = [f"{'one warm request':<36}{'functions':>10}{'files':>7}{'of the engine':>16}"]
    for name, walk in walks.items():
        for at in (1, 2):
            walk(10 * len(report) + at)
        with recorder.recording() as called:
            answer = walk(10 * len(report) + 3)
        assert answer is None or answer.is_success, answer.text
        files = {file for file, *_ in called}
        engine = {each for each in called if "/singletable/" in each[0]}
        counts = f"{len(engine)} in {len({file for file, *_ in engine})}"
        report.append(f"{name:<36}{len(called):>10}{len(files):>7}{counts:>16}")
        assert any("/singletable/repository/" in file for file in files)
        assert any("/access_patterns/" in file for file in files)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(report) + "\n")


def fetch(repository: Repository, post_id: str) -> None:
    assert repository.fetch(posts.by_id(PostId(post_id))) is not None
