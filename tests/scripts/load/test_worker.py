"""Workers and reading back, against an API of one dictionary that can lose writes on purpose."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from scripts.load.client import ApiClient
from scripts.load.ledger import Ledger
from scripts.load.measures import MAYBE, WITHOUT, Measures
from scripts.load.readback import lost
from scripts.load.worker import MOST_OWN_POSTS, Worker


class Shop(BaseHTTPRequestHandler):
    """Just enough of the API.

    `forgetful` acknowledges edits without making them; `faulty` makes them, and answers 503;
    `repeats` carries every write out, and answers what a second attempt meets.
    """

    posts: dict[str, dict[str, Any]]
    forgetful: bool
    faulty: bool
    repeats: int
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self._body()
        match urlsplit(self.path).path.split("/")[2:]:
            case ["auth", "login"]:
                self._answer(200, {"user": {"userId": "ada"}}, cookie="access=t; Secure")
            case ["posts"]:
                post = {"postId": f"p{len(self.posts)}", "slug": "s", "status": "draft", **body}
                self.posts[post["postId"]] = post
                self._answer(201, post)
            case ["posts", post_id, step]:
                self.posts[post_id]["status"] = {"submit": "in-review"}.get(step, "published")
                self._answer(self.repeats or 200, self.posts[post_id])

    def do_PATCH(self) -> None:
        post = self.posts[self.path.rpartition("/")[2]]
        change = self._body()
        if not self.forgetful:
            post |= change
        self._answer(503 if self.faulty else self.repeats or 200, post | change)

    def do_GET(self) -> None:
        post_id = urlsplit(self.path).path.rpartition("/")[2]
        if post_id == "posts":
            self._answer(200, {"items": self._published(), "nextCursor": None})
        elif post := self.posts.get(post_id):
            self._answer(200, post)
        else:
            self._answer(404, None)

    def do_DELETE(self) -> None:
        del self.posts[self.path.rpartition("/")[2]]
        self._answer(self.repeats or 204, None)

    def _published(self) -> list[dict[str, Any]]:
        return [post for post in self.posts.values() if post["status"] == "published"]

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")

    def _answer(self, status: int, data: Any, cookie: str = "") -> None:
        failure = {"code": "not-found"} if status >= 400 else None
        envelope = {"success": not failure, "data": data, "error": failure}
        body = b"" if status == 204 else json.dumps(envelope).encode()
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody wants to read it."""


@pytest.fixture
def shop() -> Iterator[type[Shop]]:
    yield type("OneShop", (Shop,), {"posts": {}, "forgetful": False, "faulty": False, "repeats": 0})


@pytest.fixture
def client(shop: type[Shop]) -> Iterator[ApiClient]:
    with ThreadingHTTPServer(("127.0.0.1", 0), shop) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        with ApiClient(f"http://127.0.0.1:{server.server_port}", "ada@x", Measures()) as client:
            assert client.sign_in().is_ok
            yield client
        server.shutdown()
        serving.join()


@pytest.fixture
def worker(client: ApiClient) -> Worker:
    """Has created, edited and published one post, and created another."""
    worker = Worker(client, client, Ledger(), seed=1, may_delete=True)
    for step in (worker.create, worker.edit, worker.carry, worker.carry, worker.create):
        step()
    return worker


def test_what_was_written_is_read_back(client: ApiClient, worker: Worker) -> None:
    """A good API loses nothing, also after a deletion."""
    worker.delete()
    assert worker.ledger.writes == 6
    assert lost(worker.ledger, [client]) == []


def test_an_acknowledged_edit_that_was_not_made_is_found(
    shop: type[Shop], client: ApiClient, worker: Worker
) -> None:
    """The answer had the new text, and the post has not."""
    shop.forgetful = True
    worker.edit()
    (loss,) = lost(worker.ledger, [client])
    assert "with 'Edited: " in loss


def test_a_post_that_vanished_is_found(shop: type[Shop], client: ApiClient, worker: Worker) -> None:
    """It is missing by itself, and from the list if it was published."""
    shop.posts.clear()
    assert len(lost(worker.ledger, [client])) == 3


def test_a_fault_leaves_a_write_in_doubt(
    shop: type[Shop], client: ApiClient, worker: Worker
) -> None:
    """It was made all the same; either is right, and the worker leaves that post alone."""
    shop.faulty = True
    for _ in range(5):
        worker.edit()
    assert worker.ledger.writes == 5
    assert sum("body" in post and "Edited" in post["body"] for post in shop.posts.values()) == 2
    assert lost(worker.ledger, [client]) == []


@pytest.mark.parametrize(("step", "refusal"), [("delete", 404), ("carry", 409), ("edit", 412)])
def test_a_refusal_beside_an_outage_leaves_a_write_in_doubt(
    shop: type[Shop], client: ApiClient, worker: Worker, step: str, refusal: int
) -> None:
    """The first attempt was carried out, and the second refused for it: neither loss nor error."""
    client.measures.enter(f"{WITHOUT}dynamodb")
    shop.repeats = refusal
    getattr(worker, step)()
    (outcome,) = {outcome for _, outcome in client.measures.errors()}
    assert outcome == f"{MAYBE}{refusal} not-found"
    assert worker.ledger.writes == 5
    assert lost(worker.ledger, [client]) == []


def test_a_real_loss_beside_an_outage_is_found(
    shop: type[Shop], client: ApiClient, worker: Worker
) -> None:
    """A refused edit may have happened or not; a post that vanished is neither."""
    client.measures.enter(f"{WITHOUT}dynamodb")
    shop.repeats = 404
    worker.edit()
    shop.posts.clear()
    assert len(lost(worker.ledger, [client])) >= 2


def test_a_deletion_that_is_refused_with_no_part_out_is_found(
    shop: type[Shop], client: ApiClient, worker: Worker
) -> None:
    """The post was gone before anybody deleted it: 404 is the answer to a loss."""
    shop.repeats = 404
    worker.delete()
    assert any("and is deleted" in loss for loss in lost(worker.ledger, [client]))


@pytest.mark.slow
def test_a_worker_keeps_on_writing_when_it_has_many_posts(
    shop: type[Shop], client: ApiClient, worker: Worker
) -> None:
    """It lets go of its oldest, which is read back all the same."""
    for _ in range(MOST_OWN_POSTS + 3):
        worker.create()
    assert len(shop.posts) == MOST_OWN_POSTS + 5
    assert lost(worker.ledger, [client]) == []


@pytest.mark.slow
def test_a_worker_ends_when_it_is_told(client: ApiClient) -> None:
    """Until then it reads and writes as chance will have it."""
    ledger = Ledger()

    class Enough(threading.Event):
        def is_set(self) -> bool:
            return ledger.writes >= 3

    Worker(client, client, ledger, seed=2, may_delete=True).work(Enough())
    assert ledger.writes == 3
    assert lost(ledger, [client]) == []
