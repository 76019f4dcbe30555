"""Sends one operation and prints the answer. Loads an SDK, so it is imported where it is needed."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from pydantic import BaseModel

from singletable import Page, Repository
from singletable.cli.usage import UsageError
from singletable.design import Call
from singletable.emit.data_text import json_text
from singletable.inspect import Observed
from singletable.transport import Transport
from singletable.transport.boto3 import boto3_transport
from singletable.vectors import Matches

_PAGE = 25
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard"})


def run(call: Call, tables: Mapping[str, str], options: Namespace) -> int:
    """Prints each item as a line of JSON, then how many there were and what they cost."""
    observed = list[Observed]()
    repository = Repository(
        connect(options.endpoint, options.region),
        call.tables(tables),
        observe=observed.append,
        count_capacity=True,
    )
    bounded = call.limit(_PAGE, override=False) or call
    answer = bounded.send(repository)
    requests = sum(len(each.sent) for each in observed)
    units = sum(part.units for each in observed for part in each.capacity)
    searched = sum(each.vector_bytes for each in observed)
    items, more = _items(answer)
    scores = _scores(answer)
    count = answer if type(answer) is int else None
    if options.json:
        facts: dict[str, object] = {"requests": requests, "capacity_units": units, "more": more}
        data = [item and item.model_dump(mode="json") for item in items]
        counted = {} if count is None else {"count": count}
        facts |= {"scores": scores, "vector_bytes": searched} if scores else {}
        print(json_text({"items": data, **counted, **facts}))
        return 0
    for at, item in enumerate(items):
        score = (f"{scores[at]:g}",) if scores else ()
        print(*score, "null" if item is None else item.model_dump_json())
    if count is not None:
        print(count)
    print(_summary(len(items), requests, units, searched, more=more))
    return 0


def _items(answer: object) -> tuple[list[BaseModel | None], bool]:
    """The items, None for each that there is not of several, and whether there are more."""
    if isinstance(answer, tuple):
        return list(cast("tuple[BaseModel | None, ...]", answer)), False
    if isinstance(answer, Matches):
        return [*cast(Matches[BaseModel], answer).items], False
    if isinstance(answer, Page):
        page = cast(Page[BaseModel], answer)
        return [*page.items], not page.is_last
    return ([answer] if isinstance(answer, BaseModel) else []), False


def _scores(answer: object) -> tuple[float, ...]:
    """The score of each item that a search found."""
    return cast(Matches[BaseModel], answer).scores if isinstance(answer, Matches) else ()


def _summary(items: int, requests: int, capacity: float, searched: float, *, more: bool) -> str:
    counted = [
        f"{items} item{'' if items == 1 else 's'}",
        f"{requests} request{'' if requests == 1 else 's'}",
        f"{capacity:g} capacity units",
        *([f"{searched:g} bytes of vectors"] if searched else []),
    ]
    return ", ".join(counted) + ("; more remain (--limit N)" if more else "")


def connect(endpoint: str | None, region: str | None) -> Transport:
    """Makes a transport; endpoints on this machine need neither credentials nor region."""
    local: dict[str, str] = {}
    if endpoint and urlsplit(endpoint).hostname in _LOOPBACK:
        region = region or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
        if not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE"} & set(os.environ):
            local = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    try:
        return boto3_transport(
            cast(Any, boto3).client(
                "dynamodb", endpoint_url=endpoint, region_name=region, config=_CONFIG, **local
            )
        )
    except (BotoCoreError, ValueError) as error:
        raise UsageError(f"no client: {error} See --endpoint and --region.") from None
