"""A bucket behind a real HTTP server, and the app beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
import httpx2
from moto.server import ThreadedMotoServer

from app.core.settings import Settings
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.v1.stores import Store

PNG = b"\x89PNG\r\n\x1a\n of a test"
FILE: dict[str, Any] = {"name": "photo.png", "contentType": "image/png", "size": len(PNG)}


@contextmanager
def s3_server() -> Iterator[str]:
    """Its endpoint. Moto checks neither signatures nor signed headers."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@cache
def s3_client(endpoint: str | None = None) -> Any:
    """With credentials that open nothing."""
    return boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


@dataclass
class Library(AppHarness):
    """People who upload files, and the bucket as its owner sees it."""

    s3: Any

    def announce(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        answer = self.speaking(by, "editor").post("/v1/media", json={**FILE, **fields})
        return dict(expect.success(answer, 201))

    def send(self, upload: dict[str, Any], body: bytes = PNG, content_type: str = "") -> int:
        """What S3 says to the bytes, sent as the API says, or as another type."""
        transfer = upload["upload"]
        kind = content_type or transfer["headers"]["Content-Type"]
        headers = {"Content-Type": kind}
        method, url = transfer["method"], transfer["url"]
        return httpx2.request(method, url, content=body, headers=headers).status_code

    def uploaded(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        upload = self.announce(by, **fields)
        assert self.send(upload) == 200
        return dict(upload["media"])

    def ready(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        media = self.uploaded(by, **fields)
        return dict(expect.success(self.complete(media, by)))

    def complete(self, media: dict[str, Any], by: str = "ada", role: str = "editor") -> Any:
        return self.speaking(by, role).post(f"{path(media)}/complete")

    def keys(self) -> list[str]:
        """Of all objects."""
        listed = self.s3.list_objects_v2(Bucket=self.settings.media_bucket)
        return [each["Key"] for each in listed.get("Contents", ())]

    def folders(self) -> list[str]:
        return [key.partition("/")[0] for key in self.keys()]


def path(media: dict[str, Any]) -> str:
    return f"/v1/media/{media['mediaId']}"


def open_library(settings: Settings, store: Store, endpoint: str) -> Library:
    """With a bucket of its own."""
    bucket = f"media-{uuid4().hex}"
    s3 = s3_client(endpoint)
    s3.create_bucket(Bucket=bucket)
    changed = settings.model_copy(update={"media_bucket": bucket, "s3_endpoint": endpoint})
    return Library.over(changed, store, s3=s3)
