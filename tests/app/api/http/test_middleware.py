"""What surrounds every request: its id, its limits, its line in the log."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.api.kit.middleware import RequestMiddleware
from app.core.context import JsonFormatter
from app.core.settings import Settings
from app.main import create_app
from tests.app import expect, toy

NOTES = "/v1/notes"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("sent", ["abcdefgh", "A-1" * 20, "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"])
def test_a_proper_request_id_is_kept(client: TestClient, sent: str) -> None:
    """It comes back on successes, failures and faults."""
    toy.raised.append(RuntimeError())
    headers = {"X-Request-Id": sent}
    answers = [
        client.get("/health", headers=headers),
        client.get("/nope", headers=headers),
        client.patch("/v1/notes/a", headers=headers),
    ]
    assert [answer.headers["x-request-id"] for answer in answers] == [sent] * 3


@pytest.mark.parametrize(
    "sent",
    ["", "short", "x" * 65, "with space", "line\tbreak", "é" * 8, '{"json": 1}', "a_b_c_d_e"],
)
def test_an_odd_request_id_is_replaced(client: TestClient, sent: str) -> None:
    """Nothing that could forge a log line gets through."""
    answer = client.get("/nope", headers={"X-Request-Id": sent.encode()})
    expect.failure(answer, 404, "no-such-route")
    assert len(answer.headers["x-request-id"]) == 36


def test_two_request_ids_are_replaced(client: TestClient) -> None:
    """Neither of two is believed."""
    twice = [("X-Request-Id", "abcdefgh"), ("X-Request-Id", "ijklmnop")]
    assert len(client.get("/health", headers=twice).headers["x-request-id"]) == 36


@pytest.mark.parametrize("declared", ["65537", "9" * 5000, "00065537"])
def test_a_declared_size_over_the_limit_is_refused(client: TestClient, declared: str) -> None:
    """413 before a byte of the body is read."""
    answer = client.post(NOTES, content=b"{}", headers={**JSON, "Content-Length": declared})
    expect.failure(answer, 413, "too-large")


def chunks(size: int) -> Iterator[bytes]:
    """A body without a declared size."""
    yield from [b" " * 1024] * (size // 1024)
    yield b" " * (size % 1024)


def test_chunks_over_the_limit_are_refused(client: TestClient) -> None:
    """413 once the chunks have grown over the limit, by a single byte."""
    answer = client.post(NOTES, content=chunks(65537), headers=JSON)
    error = expect.failure(answer, 413, "too-large")
    assert "65536" in error["message"]
    answer = client.post(NOTES, content=chunks(65536), headers=JSON)
    expect.failure(answer, 400, "malformed-body")


def test_the_limit_holds_for_routes_of_any_class(settings: Settings) -> None:
    """FastAPI's own reading of a body hides the cause, and it is found again."""
    plain = APIRouter()

    @plain.post("/read")
    def read(note: toy.NoteIn) -> None:
        raise AssertionError("not reached")

    with TestClient(create_app(settings, routers=[plain])) as client:
        answer = client.post("/read", content=chunks(65537), headers=JSON)
        expect.failure(answer, 413, "too-large")


def test_a_body_of_exactly_the_limit_is_read(client: TestClient) -> None:
    """The limit itself is allowed."""
    body = b'{"noteTitle": "a"}'.ljust(65536)
    expect.success(client.post(NOTES, content=body, headers=JSON), 201)


def test_no_more_than_the_limit_is_kept(settings: Settings) -> None:
    """The chunk that crosses the limit is not handed on, none after it is read, and it is 413."""
    read: list[int] = []
    handed_on: list[int] = []
    sent: list[Message] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        while True:
            handed_on.append(len((await receive())["body"]))

    async def receive() -> Message:
        read.append(10)
        return {"type": "http.request", "body": b"x" * 10, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    limited = RequestMiddleware(inner, settings.model_copy(update={"max_body_bytes": 25}))
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    asyncio.run(limited(scope, receive, send))
    assert (len(read), handed_on) == (3, [10, 10])
    assert sent[0]["status"] == 413
    assert b"larger than 25 bytes" in sent[1]["body"]


def test_one_line_per_request_without_secrets(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Method, template, status, duration, caller; no path, query, token or body."""
    caplog.set_level(logging.INFO, "app.access")
    client.post(
        f"{NOTES}?token=hush",
        json={"noteTitle": "quiet"},
        headers={"Cookie": "session=crumbs", "X-Request-Id": "abcdefgh"},
    )
    client.get("/v1/notes/hidden-id")
    client.get("/hidden-path")
    lines = [r for r in caplog.records if r.name == "app.access"]
    facts = [r.__dict__["facts"] for r in lines]
    assert [(f["method"], f["route"], f["status"]) for f in facts] == [
        ("POST", "/v1/notes", 422),
        ("GET", "/v1/notes/{note_id}", 200),
        ("GET", None, 404),
    ]
    assert facts[0]["subject"] == "local-dev"
    written = "".join(JsonFormatter().format(line) for line in lines)
    for secret in ("hush", "quiet", "crumbs", "hidden", "local-dev-token"):
        assert secret not in written


def test_a_log_line_is_one_json_object() -> None:
    """Line breaks in a message cannot make a second line."""
    record = logging.LogRecord("app", logging.INFO, "", 0, 'a "b"\nc', (), None)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == 'a "b"\nc'


def test_a_logged_exception_has_its_trace() -> None:
    """The traceback is a field of the line."""
    try:
        raise RuntimeError("cause")
    except RuntimeError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("app", logging.ERROR, "", 0, "m", (), info)
    assert "RuntimeError: cause" in json.loads(JsonFormatter().format(record))["exception"]


def test_answers_run_nothing_and_come_over_https_elsewhere(client: TestClient) -> None:
    """The content policy is on everything; a local stage is plain HTTP."""
    headers = client.get("/health").headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "strict-transport-security" not in headers
