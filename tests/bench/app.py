"""CPU of the API per request beside FastAPI and boto3 by hand, as ratios in one run.

`python -m tests.bench.app [--json]`. DynamoDB is moto in a process of its own, which is not
counted. The routes by hand send the very requests that the API's were seen to send, and answer
with the same fields; they have no guards, no limits, no log, no audit of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any, Generic, TypeVar

from boto3.dynamodb.types import TypeDeserializer
from botocore import xform_name
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel
from ulid import ULID

from app.aws.clients import Clients
from app.core.settings import Settings
from app.main import create_app
from app.processes import make_repository
from tests.app.policies import BUNDLE
from tests.app.services.accounts.server import moto_server

ROUNDS, REQUESTS, POSTS = 5, 60, 25
BODY = "First words. " * 100
DESERIALIZE = TypeDeserializer().deserialize
IDENTITY = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")

Ask = Callable[[], Awaitable[Any]]
Sent = list[tuple[str, dict[str, Any]]]


class Text(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")

    title: str = Field(min_length=1, max_length=200)
    category_id: str
    summary: str = ""
    tags: list[str] = Field(default_factory=list[str])


class NewText(Text):
    body: str = ""


class Summary(Text):
    post_id: str
    slug: str
    author_id: str
    status: str
    created_at: datetime
    published_at: datetime | None = None
    updated_at: datetime | None = None


class Whole(Summary):
    body: str


Data = TypeVar("Data")


class Answer(BaseModel, Generic[Data]):
    success: bool = True
    data: Data
    error: None = None


def build_by_hand(client: Any, sent: Mapping[str, Sent]) -> FastAPI:
    """The four routes, as somebody writes them who knows the requests by heart."""
    by_hand = FastAPI()
    creating = [(name, json.dumps(parameters)) for name, parameters in sent["create"]]

    def send(name: str, parameters: dict[str, Any]) -> Any:
        return getattr(client, xform_name(name))(**parameters)

    def plain(item: Mapping[str, Any]) -> dict[str, Any]:
        return {name: DESERIALIZE(value) for name, value in item.items()}

    @by_hand.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @by_hand.get("/v1/posts/{post_id}")
    def detail(post_id: str) -> Answer[Whole]:
        answers = [send(*each) for each in sent["detail"]]
        item = next(answer["Item"] for answer in answers if answer["Item"].get("post_id"))
        return Answer(data=Whole.model_validate(plain(item)))

    @by_hand.get("/v1/posts")
    def posts(limit: int = 20) -> Answer[list[Summary]]:
        items = [item for each in sent["list"] for item in send(*each)["Items"]]
        found = [Summary.model_validate(plain(item)) for item in items]
        found.sort(key=lambda post: post.created_at, reverse=True)
        return Answer(data=found[:limit])

    @by_hand.post("/v1/posts", status_code=201)
    def create(text: NewText) -> Answer[Whole]:
        identities: dict[str, str] = {}
        for name, template in creating:
            fresh = IDENTITY.sub(
                lambda old: identities.setdefault(old[0], str(ULID())), template
            ).replace("the-recorded-one", f"by-hand-{next(NUMBERS)}")
            send(name, json.loads(fresh))
        now = datetime.now().astimezone()
        known = {"post_id": str(ULID()), "slug": "s", "author_id": "a", "status": "draft"}
        return Answer(data=Whole.model_validate(text.model_dump() | known | {"created_at": now}))

    return by_hand


NUMBERS = count()


def call(app: FastAPI, method: str, path: str, body: Callable[[], object] | None = None) -> Ask:
    """One request without a server and without a client, which would cost as much."""
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    if body:
        headers.append((b"authorization", b"Bearer local-dev-token"))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }

    async def ask() -> Any:
        messages: list[Any] = []
        content = json.dumps(body()).encode() if body else b""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        await app({**scope, "headers": list(headers), "state": {}}, receive, send)
        answered = b"".join(each.get("body", b"") for each in messages[1:])
        assert messages[0]["status"] < 300, answered
        return json.loads(answered)

    return ask


@contextmanager
def recorded(client: Any) -> Iterator[Sent]:
    """What is sent meanwhile; without a token, so that a repetition is a request of its own."""
    sent: Sent = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        known = {name: value for name, value in params.items() if name != "ClientRequestToken"}
        sent.append((model.name, json.loads(json.dumps(known))))

    client.meta.events.register_first("provide-client-params.dynamodb", note, "bench")
    try:
        yield sent
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb", unique_id="bench")


def text(title: str | None = None) -> dict[str, str]:
    return {"title": title or f"By the API {next(NUMBERS)}", "categoryId": "news", "body": BODY}


async def cases(app: FastAPI, client: Any) -> dict[str, tuple[Ask, Ask]]:
    """By name: asking the API, and asking what was written by hand."""
    await call(app, "POST", "/v1/categories", lambda: {"name": "News", "categoryId": "news"})()
    identity = ""
    for _ in range(POSTS):
        identity = (await call(app, "POST", "/v1/posts", text)())["data"]["postId"]
        for step in ("submit", "publish"):
            await call(app, "POST", f"/v1/posts/{identity}/{step}", dict)()
    asked = {
        "health": ("GET", "/health", None),
        "detail": ("GET", f"/v1/posts/{identity}", None),
        "list": ("GET", "/v1/posts", None),
        "create": ("POST", "/v1/posts", text),
    }
    sent: dict[str, Sent] = {}
    for name, (method, path, body) in asked.items():
        ask = call(app, method, path, body and (lambda: text("The recorded one")))
        with recorded(client) as sent[name]:
            await ask()
    by_hand = build_by_hand(client, sent)
    return {name: (call(app, *each), call(by_hand, *each)) for name, each in asked.items()}


async def seconds(ask: Ask) -> float:
    """CPU of this process for one request."""
    started = time.process_time()
    for _ in range(REQUESTS):
        await ask()
    return (time.process_time() - started) / REQUESTS


async def measure(settings: Settings) -> dict[str, dict[str, float]]:
    """Milliseconds of both, the best of interleaved rounds, and the median of their ratios."""
    clients = Clients(settings)
    app = create_app(settings, repository_factory=lambda each: make_repository(each, clients))
    found: dict[str, dict[str, float]] = {}
    for name, (mine, theirs) in (await cases(app, clients.dynamodb)).items():
        await asyncio.gather(seconds(mine), seconds(theirs))
        rounds = [(await seconds(mine), await seconds(theirs)) for _ in range(ROUNDS)]
        found[name] = {
            "api_ms": min(each for each, _ in rounds) * 1e3,
            "by_hand_ms": min(each for _, each in rounds) * 1e3,
            "ratio": statistics.median(mine / theirs for mine, theirs in rounds),
        }
    return found


def settings_at(endpoint: str) -> Settings:
    return Settings(
        app_env="local",
        table_name="bench",
        dynamodb_endpoint=endpoint,
        cursor_secret=SecretStr("a secret of the tests alone, 32+"),
        opa_bundle_path=str(BUNDLE),
        reads_per_minute=1_000_000,
        writes_per_minute=1_000_000,
    )


def make_table(endpoint: str) -> None:
    from access_patterns import blog
    from scripts.bootstrap.clients import LOCAL_KEYS, client_of
    from scripts.bootstrap.tables import ensure_table

    client = client_of("dynamodb", endpoint, "us-east-1", LOCAL_KEYS)
    ensure_table(client, blog, "bench", recreate=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for scripts")
    as_json = parser.parse_args().json
    logging.disable()
    with moto_server() as endpoint:
        make_table(endpoint)
        found = asyncio.run(measure(settings_at(endpoint)))
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'CPU per request':16}{'API':>12}{'by hand':>12}{'ratio':>9}")
    for name, row in found.items():
        print(f"{name:16}{row['api_ms']:>9.2f} ms{row['by_hand_ms']:>9.2f} ms{row['ratio']:>8.2f}x")


if __name__ == "__main__":
    main()
