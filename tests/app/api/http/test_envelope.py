"""Whatever is sent, the answer is the envelope."""

from __future__ import annotations

import asyncio

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from tests.app import expect

JSON = {"Content-Type": "application/json"}
NOTES = "/v1/notes"

UNREADABLE = [
    pytest.param(b'{"noteTitle": "\xff"}', "byte 15 is not UTF-8", id="invalid UTF-8"),
    pytest.param('{"noteTitle": "a"}'.encode("utf-16"), "byte 0 is not UTF-8", id="UTF-16"),
    pytest.param(b'{"noteTitle": ', "column 15", id="cut off"),
    pytest.param(b"{'noteTitle': 'a'}", "column 2", id="no JSON"),
    pytest.param(b'{"noteTitle": "a", "weight": NaN}', "NaN is not JSON", id="NaN"),
    pytest.param(b'{"weight": -Infinity}', "-Infinity is not JSON", id="Infinity"),
    pytest.param(b"[" * 60_000, "nested too deeply", id="deep"),
    pytest.param(b'{"weight": ' + b"9" * 5000 + b"}", "too many digits", id="long number"),
    pytest.param(b'{"weight": 1e999}', "a number is too large", id="infinite number"),
    pytest.param(b'{"noteTitle": "a", "noteTitle": "b"}', "names a member twice", id="twice"),
    pytest.param(b"\x00", "column 1", id="NUL"),
]


@pytest.mark.parametrize(("body", "reason"), UNREADABLE)
def test_a_body_that_is_no_json_is_malformed(client: TestClient, body: bytes, reason: str) -> None:
    """400, with what is wrong and where, and nothing of the body."""
    error = expect.failure(client.post(NOTES, content=body, headers=JSON), 400, "malformed-body")
    assert reason in error["message"]


INVALID = [
    pytest.param(b"", ["body"], id="no body"),
    pytest.param(b"null", ["body"], id="null"),
    pytest.param(b"[]", ["body"], id="a list"),
    pytest.param(b"{}", ["body.noteTitle"], id="missing"),
    pytest.param(b'{"note_title": "a"}', ["body.noteTitle", "body.note_title"], id="snake_case"),
    pytest.param(b'{"noteTitle": "a", "x": 1}', ["body.x"], id="unknown field"),
    pytest.param(b'{"noteTitle": "a", "\\ud800": 1}', ["body"], id="half a character as name"),
    pytest.param(b'{"noteTitle": "\\ud800"}', ["body.noteTitle"], id="half a character as value"),
]


@pytest.mark.parametrize(("body", "locations"), INVALID)
def test_a_body_that_does_not_fit_is_unprocessable(
    client: TestClient, body: bytes, locations: list[str]
) -> None:
    """422, with a detail for each place."""
    error = expect.failure(client.post(NOTES, content=body, headers=JSON), 422, "unprocessable")
    assert [each["location"] for each in error["details"]] == locations


def test_a_refused_password_is_not_repeated(client: TestClient) -> None:
    """What was sent does not come back in a validation error."""
    answer = client.post(NOTES, json={"noteTitle": "a", "password": "hunter2"})
    expect.failure(answer, 422, "unprocessable")
    assert "hunter2" not in answer.text


def test_many_faults_are_counted_and_a_few_are_told(client: TestClient) -> None:
    """An answer does not grow with the number of faults."""
    body = {"noteTitle": "a"} | {f"unknown{number}": 1 for number in range(1000)}
    error = expect.failure(client.post(NOTES, json=body), 422, "unprocessable")
    assert len(error["details"]) == 20
    assert "1000" in error["message"]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "json", ";"])
def test_a_body_of_another_type_is_refused(client: TestClient, content_type: str | None) -> None:
    """415 unless the body is declared as JSON."""
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client.post(NOTES, content=b'{"noteTitle": "a"}', headers=headers)
    expect.failure(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/x+json"]
)
def test_every_spelling_of_json_is_taken(client: TestClient, content_type: str) -> None:
    """Parameters, case and structured suffixes do not matter."""
    answer = client.post(
        NOTES, content=b'{"noteTitle": "a"}', headers={"Content-Type": content_type}
    )
    assert expect.success(answer, 201) == {"noteTitle": "a", "seenBy": "local-dev"}


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_no_body_breaks_the_envelope(client: TestClient, body: bytes) -> None:
    """Random bytes are refused as malformed or unprocessable, never a fault of ours."""
    answer = client.post(NOTES, content=body, headers=JSON)
    code = "malformed-body" if answer.status_code == 400 else "unprocessable"
    expect.failure(answer, 400 if code == "malformed-body" else 422, code)


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/v1/notes/",
        "//",
        "/v1/notes/a%2Fb",
        "/%00",
        "/%ff",
        "/v1/../etc",
        "/%E2%82",
    ],
)
def test_unknown_paths_are_in_the_envelope(client: TestClient, path: str) -> None:
    """404, with no redirect to a path that differs by a slash."""
    expect.failure(client.get(path, follow_redirects=False), 404, "no-such-route")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/notes", "GET, HEAD, POST"),
        ("OPTIONS", "/v1/notes/a", "DELETE, GET, HEAD, PATCH, PUT"),
        ("POST", "/v1/notes/a", "DELETE, GET, HEAD, PATCH, PUT"),
        ("DELETE", "/health", "GET, HEAD"),
        ("BREW", "/ready", "GET, HEAD"),
    ],
)
def test_allow_lists_all_methods_of_a_path(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    """405, with the methods of every route of that path, in whichever router."""
    answer = client.request(method, path)
    expect.failure(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed


def test_head_is_get_without_a_body(client: TestClient) -> None:
    """HEAD has GET's status and headers on every path with a GET."""
    head, get = client.head("/v1/notes/a"), client.get("/v1/notes/a")
    assert (head.status_code, head.content) == (200, b"")
    for header in ("etag", "content-length", "content-type", "cache-control"):
        assert head.headers[header] == get.headers[header]


def test_a_path_without_get_has_no_head(client: TestClient) -> None:
    """HEAD of an unknown path is 404 without a body."""
    answer = client.head("/nope")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("path", ["/nope", "/v1/notes/none", "/v1/notes"])
def test_a_failed_head_sends_no_body_either(app: FastAPI, path: str) -> None:
    """Servers break the connection over one, and the test client would hide it."""
    start, *bodies = asyncio.run(sent(app, "HEAD", path, b"limit=0"))
    assert start["status"] in (404, 422)
    assert [message["body"] for message in bodies] == [b""]


async def sent(app: FastAPI, method: str, path: str, query: bytes) -> list[Message]:
    """What the app hands to its server."""
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        messages.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": []}
    await app(scope, receive, send)
    return messages


def test_health_alone_has_no_envelope(anonymous: TestClient) -> None:
    """Exactly what load balancers were promised."""
    assert anonymous.get("/health").json() == {"status": "ok"}


def test_health_answers_while_every_thread_waits(app: FastAPI) -> None:
    """A silent store holds the threads of other requests; the process is alive all the same."""

    async def ask() -> list[Message]:
        limiter = current_default_thread_limiter()
        for thread in range(int(limiter.total_tokens)):
            limiter.acquire_on_behalf_of_nowait(thread)
        return await asyncio.wait_for(sent(app, "GET", "/health", b""), timeout=5)

    assert [message.get("status") for message in asyncio.run(ask())] == [200, None]


def test_long_headers_change_nothing(client: TestClient) -> None:
    """Headers of 60 KB are ignored where they mean nothing, refused where they decide."""
    flood = '"' + "x" * 60_000 + '"'
    expect.success(client.get("/v1/notes/a", headers={"X-Flood": flood, "If-None-Match": flood}))
    answer = client.delete("/v1/notes/a", headers={"If-Match": flood})
    expect.failure(answer, 412, "precondition-failed")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=NaN", "cursor="])
def test_pages_have_limits(client: TestClient, query: str) -> None:
    """Page sizes outside 1 to 100 and empty cursors are refused."""
    expect.failure(client.get(f"/v1/notes?{query}"), 422, "unprocessable")


def test_a_page_says_how_to_go_on(client: TestClient) -> None:
    """Twenty items unless asked otherwise, and the next cursor."""
    assert len(expect.success(client.get("/v1/notes"))["items"]) == 20
    page = expect.success(client.get("/v1/notes?limit=1&cursor=abc"))
    assert page["items"] == [{"noteTitle": "after abc", "seenBy": None}]
    assert page["nextCursor"] == "next"
