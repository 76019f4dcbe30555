"""Objects in the media bucket: presigned transfers, facts, copies, deletion. Knows no caller.

A presigned upload fixes key, type and exact size: they are signed headers, so S3 refuses
whatever differs. No bytes pass through the app but those that jobs read and write.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING
from urllib.parse import quote, urlencode

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from app.aws.clients import Clients
from app.core.problems import Conflict, Problem
from app.core.settings import Settings
from app.services.objects import (
    ObjectFacts,
    ObjectMissing,
    PresignedDownload,
    PresignedUpload,
    StorageRefused,
    StorageUnavailable,
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


class S3ObjectStore:
    """Raises `Problem`s, never botocore's."""

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        presign_seconds: int,
        credentials: Callable[[], ReadOnlyCredentials | None] = lambda: None,
    ) -> None:
        self._client = client
        self._credentials = credentials
        self._bucket = bucket
        self._seconds = presign_seconds

    def presign_upload(self, key: str, content_type: str, size: int) -> PresignedUpload:
        """`size` in bytes, exact."""
        if size < 1:
            raise ValueError("an upload has at least one byte")
        with _translated(key):
            url = self._client.generate_presigned_url(
                "put_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ContentType": content_type,
                    "ContentLength": size,
                },
                ExpiresIn=self._seconds,
            )
        headers = {"Content-Type": content_type, "Content-Length": str(size)}
        return PresignedUpload(method="PUT", url=url, headers=headers, seconds=self._seconds)

    def presign_download(self, key: str, content_type: str, disposition: str) -> PresignedDownload:
        """Whether or not the object exists; both texts become headers of S3's answer."""
        url = self._url(key, content_type, disposition)
        return PresignedDownload(url=url, seconds=self._seconds)

    def presign_picture(
        self, key: str, content_type: str, disposition: str, begun: datetime, lasting: timedelta
    ) -> str:
        """Signed as of `begun`, so that it is the same for all who sign by one key."""
        seconds = int(lasting.total_seconds())
        kept = f"public, max-age={seconds}, immutable"
        url = self._url(key, content_type, disposition, ResponseCacheControl=kept)
        unsigned, region = url.partition("&X-Amz-Algorithm=")[0], self._client.meta.region_name
        with _translated(key):
            return _sign(unsigned, begun, seconds, self._credentials(), region)

    def _url(self, key: str, content_type: str, disposition: str, **more: str) -> str:
        shown = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
        params = {"Bucket": self._bucket, "Key": key, **shown, **more}
        with _translated(key):
            return self._client.generate_presigned_url(
                "get_object", Params=params, ExpiresIn=self._seconds
            )

    def facts(self, key: str) -> ObjectFacts:
        with _translated(key):
            head = self._client.head_object(Bucket=self._bucket, Key=key)
        return ObjectFacts(
            content_type=head["ContentType"], size=head["ContentLength"], etag=head["ETag"]
        )

    def confirm(self, key: str, content_type: str, size: int) -> ObjectFacts:
        """That the upload happened as announced; raises `ObjectMissing` or `Conflict`."""
        facts = self.facts(key)
        if (facts.content_type, facts.size) != (content_type, size):
            found = f"the upload is {facts.content_type}, {facts.size} bytes"
            reason = f"{found}, not {content_type}, {size} bytes"
            raise Conflict(slug="upload-differs", reason=reason, cause=key)
        return facts

    def copy(self, key: str, to: str, facts: ObjectFacts) -> None:
        """Only what `facts` were asked of; nothing of it but bytes and type goes along.

        Raises `Conflict` if it was replaced since.
        """
        with _translated(key):
            self._client.copy_object(
                Bucket=self._bucket,
                Key=to,
                CopySource={"Bucket": self._bucket, "Key": key},
                CopySourceIfMatch=facts.etag,
                MetadataDirective="REPLACE",
                ContentType=facts.content_type,
            )

    def read(self, key: str, start: int, size: int) -> bytes:
        """Up to `size` bytes from an offset on; none at the end."""
        wanted = f"bytes={start}-{start + size - 1}"
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=wanted)
            return answer["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == _PAST_THE_END:
                return b""
            raise _of_answer(key, error) from error
        except BotoCoreError as error:
            raise StorageUnavailable(cause=f"{key}: {error}") from error

    def write(self, key: str, file: IO[bytes], content_type: str) -> None:
        """All of a file, from its beginning; whatever has the key is replaced."""
        file.seek(0)
        with _translated(key):
            self._client.put_object(
                Bucket=self._bucket, Key=key, Body=file, ContentType=content_type
            )

    def delete(self, key: str) -> None:
        """Also succeeds if there is no such object."""
        with _translated(key):
            self._client.delete_object(Bucket=self._bucket, Key=key)


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


@contextmanager
def _translated(key: str) -> Generator[None]:
    try:
        yield
    except ClientError as error:
        raise _of_answer(key, error) from error
    except NoCredentialsError as error:
        raise StorageRefused(cause=f"{key}: {error}") from error
    except BotoCoreError as error:
        raise StorageUnavailable(cause=f"{key}: {error}") from error


def _of_answer(key: str, error: ClientError) -> Problem:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _MISSING:
        return ObjectMissing(cause=key)
    if code in _REPLACED:
        return Conflict(slug="upload-replaced", cause=key)
    if code in _TRANSIENT:
        return StorageUnavailable(cause=f"{key}: {code}")
    return StorageRefused(cause=f"{key}: {code}")
