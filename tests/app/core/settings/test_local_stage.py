"""A local stage, whose token everyone knows, asks emulators alone and does not start on AWS."""

from __future__ import annotations

import pytest

from app.aws.clients import Clients
from app.aws.settings import load_settings
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from app.core.settings_rules import LOCAL_CURSOR_SECRET

EMULATOR = "http://127.0.0.1:9"
LOCAL = {"APP_ENV": "local", "TABLE_NAME": "blog", "DYNAMODB_ENDPOINT": EMULATOR}
POOL = {"COGNITO_USER_POOL_ID": "us-east-1_abc", "COGNITO_CLIENT_ID": "client"}
# By the address of each service: what makes the app ask there.
ASKED = {
    "DYNAMODB_ENDPOINT": {},
    "COGNITO_ENDPOINT": {**POOL, "COGNITO_JWKS_URL": EMULATOR},
    "COGNITO_JWKS_URL": {**POOL, "COGNITO_ENDPOINT": EMULATOR},
    "S3_ENDPOINT": {"MEDIA_BUCKET": "files"},
    "SQS_ENDPOINT": {"JOBS_QUEUE_URL": f"{EMULATOR}/1/jobs", "AWS_MAX_ATTEMPTS": "1"},
    "SNS_ENDPOINT": {"EVENTS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:events"},
    "SECRETSMANAGER_ENDPOINT": {"CURSOR_SECRET": "aws-secretsmanager:cursor"},
    "SSM_ENDPOINT": {"CURSOR_SECRET": "aws-ssm:/cursor"},
}
ELSEWHERE = [
    "https://dynamodb.us-east-1.amazonaws.com",
    "https://dynamodb.us-east-1.api.aws",
    "https://dynamodb.cn-north-1.amazonaws.com.cn",
    "https://vpce-0a1b-2c3d.dynamodb.us-east-1.vpce.amazonaws.com",
    "https://123456789012.ddb.us-east-1.amazonaws.com",
    "http://52.94.0.1:8000",
    "http://10.0.0.7:8000",
    "http://172.17.0.1:8000",
    "http://169.254.169.254",
    "http://0.0.0.0:8000",
    "http://127.0.0.1.nip.io:8000",
    "http://localhost.evil.example:8000",
    "http://evil.example/localhost",
    "http://localhost.:8000",
    "http://localtest.me:8000",
    "http://dynamodb:8000",
    "http://2130706433:8000",
    "http://0x7f000001:8000",
    "http://0177.0.0.1:8000",
    "http://127.1:8000",
    "http://[::]:8000",
    "http://[2600:1f18::1]:8000",
    "http://[::ffff:52.94.0.1]:8000",
    "http://[fe80::1]:8000",
    "http://ⓛocalhost:8000",
    "http://%6cocalhost:8000",
    "http://localhost\\.evil.example",
]
LOOPBACK = [
    "http://localhost:8000",
    "http://LocalHost:8000",
    "https://localhost",
    "http://127.0.0.1:8000/",
    "http://127.9.8.7:8000",
    "http://[::1]:8000",
    "http://host.docker.internal:8000",
]


def refused(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> set[str]:
    """The names in the problems; none if the app would start."""
    with monkeypatch.context() as patched:
        for name, value in environment.items():
            patched.setenv(name, value)
        try:
            load_settings()
        except SettingsError as error:
            return {name for problem in error.problems for name in problem.names}
    return set()


def is_refused(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> bool:
    return name in refused(monkeypatch, {**LOCAL, **ASKED[name], name: address})


@pytest.fixture(autouse=True)
def no_store_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """References are read, without waiting for a store."""

    monkeypatch.setattr("app.aws.settings.AwsStores", lambda _: lambda _: LOCAL_CURSOR_SECRET)


@pytest.mark.parametrize("name", ASKED)
def test_every_service_is_at_an_emulator_or_refused(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """AWS's hosts, VPC endpoints, other machines, names and numbers that lead elsewhere."""
    taken = [each for each in ELSEWHERE if not is_refused(monkeypatch, name, each)]
    assert taken == []
    assert [each for each in LOOPBACK if is_refused(monkeypatch, name, each)] == []


@pytest.mark.parametrize("name", ASKED)
def test_a_service_that_is_used_needs_an_address(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without one AWS would be asked; what AWS's own variables say does not count."""
    elsewhere = {"AWS_ENDPOINT_URL": EMULATOR, "AWS_ENDPOINT_URL_DYNAMODB": EMULATOR}
    assert is_refused(monkeypatch, name, "")
    assert name in refused(monkeypatch, {**LOCAL, **ASKED[name], **elsewhere, name: ""})


def test_user_names_in_addresses_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands before `@` is no host."""
    for name in ASKED:
        for address in ("http://localhost@evil.example", "http://localhost:80@evil.example"):
            assert is_refused(monkeypatch, name, address), (name, address)


def test_a_queue_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its URL is an address, too."""
    queue = {"SQS_ENDPOINT": EMULATOR, "AWS_MAX_ATTEMPTS": "1"}
    for address in ELSEWHERE:
        told = {**LOCAL, **queue, "JOBS_QUEUE_URL": f"{address}/1/jobs"}
        assert "JOBS_QUEUE_URL" in refused(monkeypatch, told), address


def test_an_access_point_is_no_local_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of several regions are asked at AWS although an endpoint is set."""
    bucket = {
        "S3_ENDPOINT": EMULATOR,
        "MEDIA_BUCKET": "arn:aws:s3::123456789012:accesspoint:a.mrap",
    }
    assert refused(monkeypatch, {**LOCAL, **bucket}) == {"MEDIA_BUCKET", "APP_ENV"}


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("redis://localhost:6379/0", True),
        ("redis://127.0.0.1", True),
        ("redis://[::1]:6379", True),
        ("rediss://:hush@localhost:6379/0?db=1", True),
        ("redis://cache:6379", True),
        ("unix:///run/redis.sock", True),
        ("redis://other:6379", False),
        ("rediss://cache.abc.use1.cache.amazonaws.com:6379", False),
        ("redis://10.0.0.7", False),
        ("redis://localhost@evil.example:6379", False),
        ("redis://localhost:6379@evil.example", False),
        ("redis://?host=evil.example", False),
        ("redis://%6cocalhost", False),
        ("unix://evil.example/run/redis.sock", False),
    ],
)
def test_redis_is_local_as_well(monkeypatch: pytest.MonkeyPatch, url: str, is_taken: bool) -> None:
    """A loopback address, a named host, or a socket of the file system."""
    told = {**LOCAL, "EMULATOR_HOSTS": "cache", "REDIS_URL": url}
    assert ("REDIS_URL" not in refused(monkeypatch, told)) is is_taken


def test_hosts_of_emulators_are_named_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `docker compose` names its services; what has a dot may be anyone's."""
    named = {**LOCAL, "EMULATOR_HOSTS": "dynamodb,moto"}
    assert refused(monkeypatch, {**named, "DYNAMODB_ENDPOINT": "http://dynamodb:8000"}) == set()
    others = {**named, "DYNAMODB_ENDPOINT": "http://dynamo:8000"}
    assert "DYNAMODB_ENDPOINT" in refused(monkeypatch, others)
    for hosts in ("dynamodb.us-east-1.amazonaws.com", "10.0.0.7", "a,b.c", "*", "1", "a b"):
        assert "EMULATOR_HOSTS" in refused(monkeypatch, {**LOCAL, "EMULATOR_HOSTS": hosts}), hosts


@pytest.mark.parametrize(
    "mark",
    [
        {"AWS_LAMBDA_FUNCTION_NAME": "api"},
        {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"},
        {"AWS_EXECUTION_ENV": "AWS_ECS_FARGATE"},
        {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"},
        {"ECS_CONTAINER_METADATA_URI": "http://169.254.170.2/v3"},
        {"ECS_CONTAINER_METADATA_URI_V4": "http://169.254.170.2/v4"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials"},
        {"AWS_SAM_LOCAL": "true", "ECS_CONTAINER_METADATA_URI_V4": "http://169.254.170.2/v4"},
    ],
)
def test_a_local_stage_does_not_start_on_aws(
    monkeypatch: pytest.MonkeyPatch, mark: dict[str, str]
) -> None:
    """Whatever its endpoints are."""
    assert refused(monkeypatch, {**LOCAL, **mark}) == {"APP_ENV"}


def test_sam_local_is_no_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so; its endpoints are held to be emulators' all the same."""
    sam = {"AWS_SAM_LOCAL": "true", "AWS_LAMBDA_FUNCTION_NAME": "api", "AWS_EXECUTION_ENV": "x"}
    assert refused(monkeypatch, {**LOCAL, **sam}) == set()
    aws = {**LOCAL, **sam, "DYNAMODB_ENDPOINT": "https://dynamodb.us-east-1.amazonaws.com"}
    assert "DYNAMODB_ENDPOINT" in refused(monkeypatch, aws)


@pytest.mark.parametrize("service", ["dynamodb", "streams", "s3", "sqs", "sns", "cognito"])
def test_no_client_of_a_local_stage_leads_to_aws(settings: Settings, service: str) -> None:
    """Not even of settings that were changed past their rules."""
    unchecked = settings.model_copy(update={"dynamodb_endpoint": ""})
    with pytest.raises(ValueError, match="local stage"):
        assert getattr(Clients(unchecked), service).meta


def test_no_variable_of_the_environment_leads_a_local_stage_elsewhere(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither AWS's own endpoints nor a proxy."""
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    client = Clients(settings).dynamodb
    assert client.meta.endpoint_url == EMULATOR
    assert client._endpoint.http_session._proxy_config.proxy_url_for(EMULATOR) is None  # type: ignore[attr-defined]
