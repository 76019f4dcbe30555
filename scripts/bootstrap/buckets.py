"""Makes the bucket of uploads on a local S3, and puts files there. Knows no app."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def ensure_bucket(client: S3Client, name: str) -> None:
    """What is there already stays."""
    try:
        client.create_bucket(Bucket=name)
    except client.exceptions.BucketAlreadyOwnedByYou:
        return


def put_picture(client: S3Client, bucket: str, key: str, file: Path) -> None:
    client.put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), ContentType="image/png")
