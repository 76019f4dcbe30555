"""The entrances: uvicorn's, Lambda's, and what both say of themselves."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from mangum import Mangum

from app.core.settings import Settings
from app.main import TEXT_TYPES, create_app
from app.processes import make_repository
from tests.app import expect
from tests.app.openapi import inlined

ROOT = Path(__file__).parents[2]
LOCAL = {"APP_ENV": "local", "TABLE_NAME": "blog", "DYNAMODB_ENDPOINT": "http://127.0.0.1:9"}


def run(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_refused_configuration_ends_the_process_with_its_message() -> None:
    """Exit code 1, every problem, no traceback."""
    ended = run("from app.main import app", {})
    assert ended.returncode == 1
    assert ended.stderr.startswith("The app cannot start with this configuration:\n  - TABLE_NAME")
    assert "Traceback" not in ended.stderr


def test_importing_the_module_configures_nothing() -> None:
    """`create_app` can be had without a configuration."""
    assert run("from app.main import create_app", {}).returncode == 0


@pytest.mark.slow
def test_both_entrances_come_from_the_environment() -> None:
    """`app` is made once, and `handler` is around it."""
    code = "import app.main as m; assert m.handler.app is m.app; assert m.app.title"
    ended = run(code, LOCAL)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.slow
def test_the_app_imports_without_what_only_developers_have() -> None:
    """On Lambda there is no moto, pytest, hypothesis, httpx2, nor the stubs."""
    absent = ["moto", "pytest", "hypothesis", "httpx2", "mypy_boto3_s3", "mypy_boto3_dynamodb"]
    hidden = f"import sys; sys.modules.update(dict.fromkeys({absent}))"
    code = f"{hidden}; import app.aws.s3, app.aws.clients; from app.main import handler"
    assert run(code, LOCAL).stderr == ""


class LambdaAnswer:
    """What the adapter gives back, read like a client would."""

    def __init__(self, answer: dict[str, Any]) -> None:
        assert answer["isBase64Encoded"] is False
        self.status_code: int = answer["statusCode"]
        self.headers: dict[str, str] = answer["headers"]
        self.body: str = answer["body"]

    def json(self) -> Any:
        return json.loads(self.body)


def http_api(method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    """An event of an HTTP API, payload version 2.0."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": "api.example.com", "content-type": "application/json", **headers},
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "stage": "$default",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def rest_api(method: str, path: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    """An event of a REST API, payload version 1.0."""
    sent = {"Host": "api.example.com", "Content-Type": "application/json", **headers}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {"stage": "prod", "identity": {"sourceIp": "192.0.2.1"}},
        "body": body,
        "isBase64Encoded": False,
    }


EVENTS = pytest.mark.parametrize("event", [http_api, rest_api])


@pytest.fixture
def on_lambda(app: FastAPI, own_loop: None) -> Any:
    adapter = Mangum(app, lifespan="off", text_mime_types=TEXT_TYPES)
    return lambda event: LambdaAnswer(adapter(event, None))


@EVENTS
def test_lambda_answers_health(on_lambda: Any, event: Any) -> None:
    """The same bytes as under uvicorn."""
    answer = on_lambda(event("GET", "/health"))
    assert (answer.status_code, answer.body) == (200, '{"status":"ok"}')


@EVENTS
def test_lambda_answers_in_the_envelope(on_lambda: Any, event: Any) -> None:
    """Unknown routes, other methods, missing and bad credentials, bad bodies."""
    token = {"authorization": "Bearer local-dev-token"}
    expect.failure(on_lambda(event("GET", "/nope")), 404, "no-such-route")
    expect.failure(on_lambda(event("PATCH", "/v1/notes")), 405, "method-not-allowed")
    expect.failure(on_lambda(event("POST", "/v1/notes", "{}")), 401, "credentials-missing")
    expect.failure(on_lambda(event("POST", "/v1/notes", "{", **token)), 400, "malformed-body")
    made = on_lambda(event("POST", "/v1/notes", '{"noteTitle": "글"}', **token))
    assert expect.success(made, 201)["noteTitle"] == "글"


@EVENTS
def test_lambda_refuses_a_huge_body(on_lambda: Any, event: Any) -> None:
    """413, with and without a declared size."""
    token = {"authorization": "Bearer local-dev-token"}
    huge = " " * 70_000
    declared = event("POST", "/v1/notes", huge, **token, **{"content-length": "70000"})
    expect.failure(on_lambda(declared), 413, "too-large")
    expect.failure(on_lambda(event("POST", "/v1/notes", huge, **token)), 413, "too-large")


def test_ready_tells_what_is_missing(settings: Settings) -> None:
    """503 in the envelope, a detail for each problem; 200 once there are none."""
    missing = ["table blog does not exist", "index GSI1 is missing"]
    with TestClient(create_app(settings, readiness=lambda: missing)) as client:
        error = expect.failure(client.get("/ready"), 503, "not-ready")
        assert [each["message"] for each in error["details"]] == missing
        missing.clear()
        assert expect.success(client.get("/ready")) == {"status": "ready"}


def test_the_repository_is_made_once_of_the_settings(settings: Settings) -> None:
    """The factory is called when the app is made, not per request."""
    factory = Mock(return_value=make_repository(settings))
    app = create_app(settings, repository_factory=factory)
    factory.assert_called_once_with(settings)
    assert app.state.container.settings is settings


def test_docs_can_be_switched_off(settings: Settings) -> None:
    """Neither /docs nor /openapi.json is there without API_DOCS."""
    app = create_app(settings.model_copy(update={"api_docs": False}))
    with TestClient(app) as client:
        for path in ("/docs", "/openapi.json", "/redoc"):
            expect.failure(client.get(path), 404, "no-such-route")


@pytest.fixture
def openapi(client: TestClient) -> dict[str, Any]:
    schema: dict[str, Any] = inlined(client.get("/openapi.json").json())
    return schema


def codes(answer: dict[str, Any]) -> set[str]:
    return set(answer["content"]["application/json"]["examples"])


def operations(openapi: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
    ]


def test_every_operation_documents_its_failures(openapi: dict[str, Any]) -> None:
    """Each failure has the envelope as its model and an example for each code."""
    for _, _, operation in operations(openapi):
        failures = {s: r for s, r in operation["responses"].items() if s >= "400"}
        assert "internal-error" in codes(failures["default"])
        for answer in failures.values():
            content = answer["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Failure"}
            for code, example in content["examples"].items():
                assert example["value"]["error"]["code"] == code
    assert "HTTPValidationError" not in openapi["components"]["schemas"]


def test_the_document_is_small(client: TestClient) -> None:
    """What operations share is written once: less than 1,600 bytes for each of them."""
    document = client.get("/openapi.json")
    assert len(document.content) < 1_600 * len(operations(document.json()))


def test_operations_have_names_for_clients(openapi: dict[str, Any]) -> None:
    """Each its own: a verb and what it is about. Those that clients know first stay as they are."""
    names = [each["operationId"] for _, _, each in operations(openapi)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+([A-Z][a-z]*)+", name) for name in names)
    known = {(m, p): each["operationId"] for m, p, each in operations(openapi)}
    assert known.items() >= {
        (("get", "/v1/posts"), "listPosts"),
        (("post", "/v1/posts"), "createPost"),
        (("get", "/v1/posts/{post_id}"), "getPost"),
        (("patch", "/v1/posts/{post_id}"), "updatePost"),
        (("delete", "/v1/posts/{post_id}"), "deletePost"),
        (("post", "/v1/posts/{post_id}/publish"), "publishPost"),
        (("get", "/v1/categories"), "listCategories"),
        (("post", "/v1/auth/login"), "logIn"),
        (("post", "/v1/auth/refresh"), "refreshTokens"),
        (("get", "/v1/auth/me"), "getMe"),
    }


def test_every_operation_has_words_and_a_known_tag(openapi: dict[str, Any]) -> None:
    """Summary, description and tag are there for readers of /docs."""
    for _, _, operation in operations(openapi):
        assert operation["summary"]
        assert operation["description"]
        assert operation["tags"]


def test_operations_that_need_a_caller_show_their_lock(openapi: dict[str, Any]) -> None:
    """The bearer scheme is on whatever refuses a request without credentials: all that writes."""
    locked = {(m, p) for m, p, operation in operations(openapi) if is_locked(operation)}
    assert locked <= {(m, p) for m, p, operation in operations(openapi) if needs_caller(operation)}
    open_to_strangers = {(m, p) for m, p, _ in operations(openapi) if m != "get"} - locked
    assert {path.removeprefix("/v1/auth/") for _, path in open_to_strangers} == {
        "signup",
        "login",
        "refresh",
        "logout",
        "password/challenge",
        "password/forgot",
        "password/confirm",
        "/v1/posts/{post_id}/views",
    }
    schemes = openapi["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    assert schemes["cookie"]["name"] == "__Host-fm-access"


def is_locked(operation: dict[str, Any]) -> bool:
    return {} not in operation.get("security", [{}])


def needs_caller(operation: dict[str, Any]) -> bool:
    refused = operation["responses"].get("401", {}).get("content", {})
    return "credentials-missing" in refused.get("application/json", {}).get("examples", {})


def test_successes_show_the_envelope(openapi: dict[str, Any]) -> None:
    """Generic envelopes and pages come out as models of their own."""
    schemas = openapi["components"]["schemas"]
    assert schemas["Envelope_NoteOut_"]["required"] == ["success", "data", "error"]
    assert set(schemas["PageOut_NoteOut_"]["properties"]) == {"items", "nextCursor"}
    assert set(schemas["NoteIn"]["properties"]) == {"noteTitle", "password", "weight"}
