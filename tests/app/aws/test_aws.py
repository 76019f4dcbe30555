"""Clients have time-outs; uploads are what was announced; no botocore error gets out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from moto import mock_aws

from app.aws.clients import Clients
from app.aws.s3 import S3ObjectStore, make_object_store
from app.core.problems import Conflict
from app.core.settings import Settings
from app.services.objects import ObjectFacts, ObjectMissing, StorageRefused, StorageUnavailable

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")


@pytest.fixture
def production() -> Settings:
    return Settings(
        table_name="blog",
        aws_region="ap-northeast-2",
        cursor_secret=SECRET,
        media_bucket="media",
        cognito_user_pool_id="ap-northeast-2_pool",
        cognito_client_id="client",
    )


@pytest.fixture
def store(production: Settings) -> S3ObjectStore:
    made = make_object_store(production)
    assert made is not None
    return made


def test_without_a_bucket_there_are_no_uploads(production: Settings) -> None:
    """The store is absent, not broken."""
    assert make_object_store(production.model_copy(update={"media_bucket": ""})) is None


def test_every_client_has_time_outs_retries_and_region(production: Settings) -> None:
    """From the settings, the same for each service; a client is made once."""
    clients = Clients(production)
    assert clients.s3 is clients.s3
    for client in (clients.s3, clients.dynamodb):
        config = client.meta.config
        assert (config.connect_timeout, config.read_timeout) == (2.0, 5.0)
        assert config.retries == {"mode": "standard", "total_max_attempts": 3}
        assert client.meta.region_name == "ap-northeast-2"


def test_a_local_endpoint_never_sees_real_credentials(settings: Settings) -> None:
    """On a local stage with an endpoint the credentials are fixed."""
    local = settings.model_copy(update={"dynamodb_endpoint": "http://localhost:8000"})
    client = Clients(local).dynamodb
    assert client.meta.endpoint_url == "http://localhost:8000"
    url = client.generate_presigned_url("list_tables")
    assert "real" not in url


def test_an_upload_fixes_type_and_size(store: S3ObjectStore) -> None:
    """Both are signed headers, at the bucket's own regional host."""
    upload = store.presign_upload("posts/a.png", "image/png", 1234)
    url = urlsplit(upload.url)
    query = parse_qs(url.query)
    assert url.netloc == "media.s3.ap-northeast-2.amazonaws.com"
    assert query["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert query["X-Amz-Expires"] == ["300"]
    assert upload.headers == {"Content-Type": "image/png", "Content-Length": "1234"}
    assert "checksum" not in upload.url.lower()


def test_another_size_or_type_is_another_signature(store: S3ObjectStore) -> None:
    """So S3 refuses an upload that differs from the announced one."""
    uploads = [("image/png", 1), ("image/png", 2), ("text/html", 1)]
    urls = {store.presign_upload("k", *announced).url[-64:] for announced in uploads}
    assert len(urls) == 3


def test_an_empty_upload_is_refused(store: S3ObjectStore) -> None:
    """A size below one byte is a mistake of the caller."""
    with pytest.raises(ValueError, match="one byte"):
        store.presign_upload("k", "image/png", 0)


def test_what_was_uploaded_is_confirmed_or_named(store: S3ObjectStore) -> None:
    """Missing, different and right objects are told apart; deleting twice is no error."""
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="media")
        with pytest.raises(ObjectMissing):
            store.confirm("k", "image/png", 3)
        s3.put_object(Bucket="media", Key="k", Body=b"abc", ContentType="image/png")
        assert store.confirm("k", "image/png", 3).size == 3
        with pytest.raises(Conflict, match="not image/png, 4 bytes"):
            store.confirm("k", "image/png", 4)
        assert "X-Amz-Signature" in store.presign_download("k", "image/png", "attachment").url
        store.delete("k")
        store.delete("k")
        with pytest.raises(ObjectMissing):
            store.facts("k")


def test_a_download_is_what_the_app_says(store: S3ObjectStore) -> None:
    """Type and disposition are signed into the URL, which is good for as long as it says."""
    download = store.presign_download("k", "image/png", 'attachment; filename="a.png"')
    query = parse_qs(urlsplit(download.url).query)
    assert query["response-content-type"] == ["image/png"]
    assert query["response-content-disposition"] == ['attachment; filename="a.png"']
    assert query["X-Amz-Expires"] == [str(download.seconds)] == ["300"]


def test_a_picture_is_signed_as_of_a_moment(
    store: S3ObjectStore, production: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As botocore signs at that moment, session token included; now does not matter."""
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of/a+role=")
    begun, name = datetime(2026, 3, 14, 9, tzinfo=UTC), 'inline; filename="a b.png"'
    mine = store.presign_picture("media/k", "image/png", name, begun, timedelta(hours=2))
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: begun)
    params = {
        "Bucket": "media",
        "Key": "media/k",
        "ResponseContentType": "image/png",
        "ResponseContentDisposition": name,
        "ResponseCacheControl": "public, max-age=7200, immutable",
    }
    theirs = Clients(production).s3
    assert mine == theirs.generate_presigned_url("get_object", Params=params, ExpiresIn=7200)
    assert "X-Amz-Security-Token=of%2Fa%2Brole%3D" in mine


FACTS = ObjectFacts(content_type="image/png", size=3, etag='"e"')


def test_only_what_was_looked_at_is_copied(production: Settings) -> None:
    """The entity tag goes along as a condition, foreign metadata does not."""
    client = Clients(production).s3
    with Stubber(client) as stub:
        expected = {
            "Bucket": "media",
            "Key": "to",
            "CopySource": {"Bucket": "media", "Key": "k"},
            "CopySourceIfMatch": '"e"',
            "MetadataDirective": "REPLACE",
            "ContentType": "image/png",
        }
        stub.add_response("copy_object", {}, expected)
        S3ObjectStore(client, "media", 300).copy("k", "to", FACTS)
        stub.add_client_error("copy_object", "PreconditionFailed", http_status_code=412)
        with pytest.raises(Conflict, match="replaced meanwhile"):
            S3ObjectStore(client, "media", 300).copy("k", "to", FACTS)


def test_a_copy_outlives_its_source(store: S3ObjectStore) -> None:
    """And copying what is not there says so."""
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="media")
        s3.put_object(Bucket="media", Key="k", Body=b"abc", ContentType="image/png")
        store.copy("k", "to", store.facts("k"))
        store.delete("k")
        assert store.confirm("to", "image/png", 3).size == 3
        with pytest.raises(ObjectMissing):
            store.copy("k", "to", FACTS)


def test_what_is_written_is_read_piece_by_piece(store: S3ObjectStore) -> None:
    """From any offset on; behind the end there is nothing, and a missing object is no empty one."""
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="media")
        file = BytesIO(b"abcdef")
        file.seek(4)
        store.write("k", file, "application/x-ndjson")
        assert store.facts("k").content_type == "application/x-ndjson"
        found = [store.read("k", start, 4) for start in (0, 4, 6, 100)]
        assert found == [b"abcd", b"ef", b"", b""]
        with pytest.raises(ObjectMissing):
            store.read("none", 0, 4)


def test_an_object_that_breaks_off_is_unavailable(production: Settings) -> None:
    """A body that is shorter than it says is no end."""
    client = Clients(production).s3
    with Stubber(client) as stub, pytest.raises(StorageUnavailable):
        stub.add_response("get_object", {"Body": StreamingBody(BytesIO(b"ab"), 4)})
        S3ObjectStore(client, "media", 300).read("k", 0, 4)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("NoSuchKey", ObjectMissing),
        ("SlowDown", StorageUnavailable),
        ("AccessDenied", StorageRefused),
        ("NoSuchBucket", StorageRefused),
    ],
)
def test_answers_of_s3_become_our_errors(
    production: Settings, code: str, error: type[Exception]
) -> None:
    """Missing, transient and our own fault are three classes."""
    client = Clients(production).s3
    with Stubber(client) as stub, pytest.raises(error):
        stub.add_client_error("head_object", service_error_code=code)
        S3ObjectStore(client, "media", 300).facts("k")


def test_an_s3_that_cannot_be_reached_is_unavailable(settings: Settings) -> None:
    """A refused connection becomes `StorageUnavailable` after the attempts."""
    nowhere = settings.model_copy(
        update={"s3_endpoint": "http://127.0.0.1:9", "aws_max_attempts": 1}
    )
    with pytest.raises(StorageUnavailable):
        S3ObjectStore(Clients(nowhere).s3, "media", 300).facts("k")
