"""Objects in the media bucket: presigned transfers, facts, copies, deletion. Knows no caller.

A presigned upload fixes key, type and exact size: they are signed headers, so S3 refuses
whatever differs. No bytes pass through the app but those that jobs read and write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from app.aws.clients import Clients, reason_of, translate_errors
from app.core.problems import Conflict, Problem
from app.core.settings import Settings
from app.services.objects import (
    DownloadOut,
    ObjectFacts,
    ObjectMissing,
    StorageRefused,
    StorageUnavailable,
    TransferOut,
)

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials
    from mypy_boto3_s3 import S3Client


_MISSING = {"404", "NoSuchKey", "NotFound"}
_REPLACED = {"412", "PreconditionFailed"}
_PAST_THE_END = "InvalidRange"
_TRANSIENT = {"SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "500", "503"}


def make_object_store(settings: Settings, clients: Clients | None = None) -> S3ObjectStore | None:
    """The store of the configured media bucket; None where uploads are not configured."""
    if not settings.media_bucket:
        return None
    clients = clients or Clients(settings)
    seconds = settings.s3_presign_seconds
    return S3ObjectStore(clients.s3, settings.media_bucket, seconds, clients.credentials)


@dataclass(frozen=True)
class S3ObjectStore:
    """Of the methods, what S3 adds to what the port says. Raises `Problem`s, never botocore's."""

    client: S3Client
    bucket: str
    presign_seconds: int
    credentials: Callable[[], ReadOnlyCredentials | None] = lambda: None

    def presign_upload(self, key: str, content_type: str, size: int) -> TransferOut:
        if size < 1:
            raise ValueError("an upload has at least one byte")
        with translate_errors(partial(_problem, key)):
            url = self.client.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self.bucket,
                    "Key": key,
                    "ContentType": content_type,
                    "ContentLength": size,
                },
                ExpiresIn=self.presign_seconds,
            )
        headers = {"Content-Type": content_type, "Content-Length": str(size)}
        return TransferOut(method="PUT", url=url, headers=headers, seconds=self.presign_seconds)

    def presign_download(self, key: str, content_type: str, disposition: str) -> DownloadOut:
        url = self._url(key, content_type, disposition)
        return DownloadOut(url=url, seconds=self.presign_seconds)

    def presign_picture(
        self, key: str, content_type: str, disposition: str, begun: datetime, lasting: timedelta
    ) -> str:
        """Signed as of `begun`, so that it is the same for all who sign by one key."""
        seconds = int(lasting.total_seconds())
        kept = f"public, max-age={seconds}, immutable"
        url = self._url(key, content_type, disposition, ResponseCacheControl=kept)
        unsigned, region = url.partition("&X-Amz-Algorithm=")[0], self.client.meta.region_name
        with translate_errors(partial(_problem, key)):
            return _sign(unsigned, begun, seconds, self.credentials(), region)

    def _url(self, key: str, content_type: str, disposition: str, **more: str) -> str:
        shown = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
        params = {"Bucket": self.bucket, "Key": key, **shown, **more}
        with translate_errors(partial(_problem, key)):
            return self.client.generate_presigned_url(
                "get_object", Params=params, ExpiresIn=self.presign_seconds
            )

    def facts(self, key: str) -> ObjectFacts:
        with translate_errors(partial(_problem, key)):
            head = self.client.head_object(Bucket=self.bucket, Key=key)
        return ObjectFacts(
            content_type=head["ContentType"], size=head["ContentLength"], etag=head["ETag"]
        )

    def confirm(self, key: str, content_type: str, size: int) -> ObjectFacts:
        facts = self.facts(key)
        if (facts.content_type, facts.size) != (content_type, size):
            found = f"the upload is {facts.content_type}, {facts.size} bytes"
            reason = f"{found}, not {content_type}, {size} bytes"
            raise Conflict(slug="upload-differs", reason=reason, cause=key)
        return facts

    def copy(self, key: str, to: str, facts: ObjectFacts) -> None:
        """Nothing of it but bytes and type goes along."""
        with translate_errors(partial(_problem, key)):
            self.client.copy_object(
                Bucket=self.bucket,
                Key=to,
                CopySource={"Bucket": self.bucket, "Key": key},
                CopySourceIfMatch=facts.etag,
                MetadataDirective="REPLACE",
                ContentType=facts.content_type,
            )

    def read(self, key: str, start: int, size: int) -> bytes:
        wanted = f"bytes={start}-{start + size - 1}"
        with translate_errors(partial(_problem, key)):
            try:
                answer = self.client.get_object(Bucket=self.bucket, Key=key, Range=wanted)
            except ClientError as error:
                if reason_of(error) == _PAST_THE_END:
                    return b""
                raise
            return answer["Body"].read()

    def write(self, key: str, file: IO[bytes], content_type: str) -> None:
        file.seek(0)
        with translate_errors(partial(_problem, key)):
            self.client.put_object(Bucket=self.bucket, Key=key, Body=file, ContentType=content_type)

    def delete(self, key: str) -> None:
        with translate_errors(partial(_problem, key)):
            self.client.delete_object(Bucket=self.bucket, Key=key)


def _sign(
    url: str, begun: datetime, seconds: int, credentials: ReadOnlyCredentials | None, region: str
) -> str:
    """The URL with a signature as of a moment; botocore presigns as of now alone."""
    if credentials is None:
        raise NoCredentialsError
    signer, request = S3SigV4QueryAuth(credentials, "s3", region), AWSRequest("GET", url)
    request.context["timestamp"] = begun.strftime("%Y%m%dT%H%M%SZ")
    facts = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": signer.scope(request),
        "X-Amz-Date": request.context["timestamp"],
        "X-Amz-Expires": seconds,
        "X-Amz-SignedHeaders": "host",
        **({"X-Amz-Security-Token": credentials.token} if credentials.token else {}),
    }
    request.url = f"{url}&{urlencode(facts, quote_via=quote)}"
    signed = signer.string_to_sign(request, signer.canonical_request(request))
    return f"{request.url}&X-Amz-Signature={signer.signature(signed, request)}"


def _problem(key: str, error: BotoCoreError | ClientError) -> Problem:
    if isinstance(error, NoCredentialsError):
        return StorageRefused(cause=f"{key}: {error}")
    if not isinstance(error, ClientError):
        return StorageUnavailable(cause=f"{key}: {error}")
    code = reason_of(error)
    if code in _MISSING:
        return ObjectMissing(cause=key)
    if code in _REPLACED:
        return Conflict(slug="upload-replaced", cause=key)
    if code in _TRANSIENT:
        return StorageUnavailable(cause=f"{key}: {code}")
    return StorageRefused(cause=f"{key}: {code}")
