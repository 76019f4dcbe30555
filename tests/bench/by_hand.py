"""The API's routes by hand: FastAPI and boto3, by somebody who knows the requests by heart.

They send the very requests that the API's own were seen to send, which BENCH_ASKED names, and
answer with the same fields; they have no guards, no limits, no audit and no cache of their own.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Generic, TypeVar

import boto3
from boto3.dynamodb.types import TypeDeserializer
from botocore import xform_name
from botocore.config import Config
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from ulid import ULID

IDENTITY = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
RECORDED_SLUG = "the-recorded-one"
NUMBERS = count()
DESERIALIZE = TypeDeserializer().deserialize

app = FastAPI()
asked: dict[str, list[Any]] = json.loads(Path(os.environ["BENCH_ASKED"]).read_text())
creating = [(operation, json.dumps(parameters)) for operation, parameters in asked["create"]]
client: Any = boto3.client(
    "dynamodb",
    endpoint_url=os.environ["DYNAMODB_ENDPOINT"],
    region_name="us-east-1",
    config=Config(max_pool_connections=64),
)


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


def send(operation: str, parameters: dict[str, Any]) -> Any:
    return getattr(client, xform_name(operation))(**parameters)


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: DESERIALIZE(value) for name, value in item.items()}


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/v1/posts/{post_id}")
def detail(post_id: str) -> Answer[Whole]:
    answers = [send(*each) for each in asked["detail"]]
    item = next(answer["Item"] for answer in answers if answer["Item"].get("post_id"))
    return Answer(data=Whole.model_validate(plain(item)))


@app.get("/v1/posts")
def posts(limit: int = 20) -> Answer[list[Summary]]:
    items = [item for each in asked["list"] for item in send(*each)["Items"]]
    found = [Summary.model_validate(plain(item)) for item in items]
    found.sort(key=lambda post: post.created_at, reverse=True)
    return Answer(data=found[:limit])


@app.post("/v1/posts", status_code=201)
def create(text: NewText) -> Answer[Whole]:
    fresh: dict[str, str] = {}
    slug = f"by-hand-{next(NUMBERS)}"
    for operation, template in creating:
        request = IDENTITY.sub(lambda old: fresh.setdefault(old[0], str(ULID())), template)
        parameters = json.loads(request.replace(RECORDED_SLUG, slug))
        parameters.pop("ClientRequestToken", None)
        send(operation, parameters)
    now = datetime.now().astimezone()
    known = {"post_id": str(ULID()), "slug": slug, "author_id": "a", "status": "draft"}
    return Answer(data=Whole.model_validate(text.model_dump() | known | {"created_at": now}))
