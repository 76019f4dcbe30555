"""A bucket behind a real HTTP server, and uploads to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import boto3
import httpx2
from fastapi.testclient import TestClient
from moto.server import ThreadedMotoServer

from app.core.settings import Settings
from tests.app import expect

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


class FileSteps:
    """What `AppHarness` does with uploads; `s3` sees the bucket as its owner does."""

    settings: Settings
    client_as: Callable[[str, str], TestClient]
    s3: Any

    def begin_upload(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        answer = self.client_as(by, "editor").post("/v1/media", json={**FILE, **fields})
        return dict(expect.success(answer, 201))

    def send_file(self, upload: dict[str, Any], body: bytes = PNG, content_type: str = "") -> int:
        """What S3 says to the bytes, sent as the API says, or as another type."""
        transfer = upload["upload"]
        kind = content_type or transfer["headers"]["Content-Type"]
        headers = {"Content-Type": kind}
        method, url = transfer["method"], transfer["url"]
        return httpx2.request(method, url, content=body, headers=headers).status_code

    def upload(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        upload = self.begin_upload(by, **fields)
        assert self.send_file(upload) == 200
        return dict(upload["media"])

    def upload_ready(self, by: str = "ada", **fields: Any) -> dict[str, Any]:
        media = self.upload(by, **fields)
        return dict(expect.success(self.complete(media, by)))

    def complete(self, media: dict[str, Any], by: str = "ada", role: str = "editor") -> Any:
        return self.client_as(by, role).post(f"{path(media)}/complete")

    def object_keys(self) -> list[str]:
        """Of all objects."""
        listed = self.s3.list_objects_v2(Bucket=self.settings.media_bucket)
        return [each["Key"] for each in listed.get("Contents", ())]

    def folders(self) -> list[str]:
        return [key.partition("/")[0] for key in self.object_keys()]


def path(media: dict[str, Any]) -> str:
    return f"/v1/media/{media['mediaId']}"
