"""Where lean transports send to, and who signs, as it is said: as boto3 has it."""

from __future__ import annotations

import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest

from singletable.errors import InvalidOperation
from singletable.errors.transport import NO_CREDENTIALS, TransportError
from singletable.transport import async_lean_transport, lean_transport
from singletable.transport.lean.settings import Settings, to_settings

KEYS = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(autouse=True)
def nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither by the environment nor by files."""
    import os

    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def said(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def found(**options: Any) -> Settings:
    return to_settings(options, "here")  # type: ignore[arg-type]


def boto3_endpoint(**options: Any) -> str:
    """Where a boto3 client sends a request to."""
    client = boto3.session.Session().client(
        "dynamodb", aws_access_key_id="a", aws_secret_access_key="b", **options
    )
    urls = list[str]()

    def stop(request: Any, **_: Any) -> None:
        urls.append(request.url.rstrip("/"))
        raise InterruptedError

    client.meta.events.register("before-send.dynamodb", stop)
    with pytest.raises(InterruptedError):
        client.list_tables()
    return urls[0]


REGIONS = [
    region
    for partition in ("aws", "aws-cn", "aws-us-gov")
    for region in botocore.session.Session().get_available_regions("dynamodb", partition)
]


def test_the_endpoint_of_a_region_is_aws_own() -> None:
    """Of every region that botocore knows; of searches, too."""
    from botocore.endpoint_provider import EndpointProvider

    loader = botocore.session.Session().get_component("data_loader")
    rules = loader.load_service_model("dynamodb", "endpoint-rule-set-1")
    provider = EndpointProvider(rules, loader.load_data("partitions"))
    assert len(REGIONS) > 30
    for region in REGIONS:
        settings = found(region=region)
        searches = ((True, settings.search),) if region.endswith("-north-1") else ()
        for is_search, target in ((False, settings.main), *searches):
            asked = {"UseFIPS": False, "UseDualStack": False, "IsSearchOperation": is_search}
            assert target.url == provider.resolve_endpoint(Region=region, **asked).url
        assert settings.region == region


@pytest.mark.parametrize(
    ("region", "variables"),
    [
        ("eu-west-1", {}),
        ("cn-north-1", {}),
        ("us-gov-west-1", {"AWS_USE_FIPS_ENDPOINT": "true"}),
        ("us-east-1", {"AWS_USE_FIPS_ENDPOINT": "true"}),
        ("us-east-1", {"AWS_USE_DUALSTACK_ENDPOINT": "true"}),
        ("us-east-1", {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"}),
        ("us-iso-east-1", {}),
        ("local", {}),
        ("us-east-1", {"AWS_ENDPOINT_URL": "http://h:1"}),
        ("us-east-1", {"AWS_ENDPOINT_URL": "http://h", "AWS_ENDPOINT_URL_DYNAMODB": "http://d"}),
        (
            "us-east-1",
            {"AWS_ENDPOINT_URL": "http://h", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
        ),
    ],
)
def test_variables_lead_where_boto3_goes(
    region: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rare kinds by the rules that botocore brings."""
    said(monkeypatch, AWS_DEFAULT_REGION=region, **variables)
    assert found().main.url == boto3_endpoint()
    assert found().region == ("us-east-1" if region == "local" else region)


CONFIG = """
[default]
region = eu-south-2
[profile plain]
region = ap-south-1
endpoint_url = http://everything:1
max_attempts = 7
use_fips_endpoint = true
[profile named]
region = ap-south-1
services = mine
[profile fips]
region = us-east-2
use_fips_endpoint = true
[services mine]
dynamodb =
  endpoint_url = http://dynamodb:2
"""


@pytest.mark.parametrize("profile", [None, "plain", "named", "fips"])
def test_a_profile_leads_where_boto3_goes(
    profile: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What the environment or the arguments say goes before it."""
    (tmp_path / "config").write_text(CONFIG)
    if profile:
        said(monkeypatch, AWS_PROFILE=profile)
    expected = boto3_endpoint()
    assert found().main.url == expected
    assert found().attempts == (7 if profile == "plain" else 4)
    if profile is None:
        assert found().region == "eu-south-2"
    said(monkeypatch, AWS_ENDPOINT_URL="http://e:3", AWS_MAX_ATTEMPTS="5")
    assert found().main.url == "http://e:3"
    assert found().attempts == 5
    assert found(endpoint_url="http://a:4", attempts=2).main.url == "http://a:4"
    assert found(endpoint_url="http://a:4", attempts=2).attempts == 2


def test_regions_are_found_as_by_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda sets both variables, other services one of them."""
    said(monkeypatch, AWS_REGION="eu-west-2")
    assert found().region == "eu-west-2"
    said(monkeypatch, AWS_DEFAULT_REGION="eu-west-3")
    assert found().region == "eu-west-3"
    assert found(region="eu-west-1").region == "eu-west-1"


@pytest.mark.parametrize(
    "given",
    [
        {"region": None},
        {"region": "eu west"},
        {"region": "eu-west-1\r\nx: y"},
        {"endpoint_url": "dynamodb:8000"},
        {"endpoint_url": "ftp://h"},
        {"endpoint_url": "http://h/path"},
        {"endpoint_url": "http://user:word@h"},
        {"endpoint_url": "http://h:99999"},
        {"endpoint_url": "http://"},
        {"endpoint_url": "http://bücher"},
        {"endpoint_url": "http://h\u2028x"},
        {"endpoint_url": "http://[::1"},
        {"attempts": -1},
        {"attempts": "3"},
        {"attempts": 0},
        {"connections": 2.5},
        {"connections": 0},
        {"read_timeout": None},
        {"connect_timeout": 0},
        {"credentials": ("id", "secret")},
        {"timeout": 3},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_at_once(given: dict[str, Any]) -> None:
    """By both transports, which name themselves."""
    options: Any = {"region": "eu-west-1", **given}
    for make in (lean_transport, async_lean_transport):
        with pytest.raises(InvalidOperation) as caught:
            make(**options)
        assert caught.value.where == make.__name__


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_MAX_ATTEMPTS": "many"},
        {"AWS_PROFILE": "nobody"},
        {"AWS_ACCOUNT_ID_ENDPOINT_MODE": "required"},
        {"AWS_CA_BUNDLE": "/nonexistent"},
        {"HTTPS_PROXY": "https://proxy"},
        {"HTTPS_PROXY": "socks5://proxy"},
    ],
    ids=str,
)
def test_what_the_environment_cannot_mean_is_refused_at_once(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not passed over."""
    said(monkeypatch, AWS_DEFAULT_REGION="eu-west-1", **variables)
    with pytest.raises(InvalidOperation):
        lean_transport()


# credentials


def test_the_environments_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """With or without a token."""
    said(monkeypatch, **KEYS)
    keys = found(region="eu-west-1").keys.current()
    assert (keys.access_key, keys.secret_key, keys.token) == ("id", "secret", None)
    said(monkeypatch, AWS_SESSION_TOKEN="token")
    assert found(region="eu-west-1").keys.current().token == "token"


def test_the_credentials_of_a_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Those of the environment go before it, as over boto3."""
    text = "[mine]\naws_access_key_id = theirs\naws_secret_access_key = s\n"
    (tmp_path / "credentials").write_text(text)
    said(monkeypatch, AWS_PROFILE="mine")
    settings = found(region="eu-west-1")
    assert not settings.keys.is_at_hand
    assert settings.keys.current().access_key == "theirs"
    assert settings.keys.is_at_hand
    said(monkeypatch, **KEYS)
    assert found(region="eu-west-1").keys.current().access_key == "id"


def test_credentials_that_end_are_botocores_to_refresh(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A process that gives some for an hour, and for ten minutes, which is too short to keep."""
    counted = tmp_path / "counted"
    script = tmp_path / "give"

    def write(lasts: timedelta) -> None:
        ends = (datetime.now(UTC) + lasts).isoformat()
        script.write_text(
            f"#!/bin/sh\necho x >> {counted}\n"
            f'echo \'{{"Version": 1, "AccessKeyId": "made", "SecretAccessKey": "s",'
            f' "SessionToken": "t", "Expiration": "{ends}"}}\'\n'
        )

    write(timedelta(minutes=10))
    script.chmod(0o755)
    (tmp_path / "config").write_text(f"[default]\ncredential_process = {script}\n")
    keys = found(region="eu-west-1").keys
    assert keys.current().token == "t"
    assert not keys.is_at_hand
    write(timedelta(hours=1))
    assert keys.current().access_key == "made"
    assert keys.is_at_hand
    before = counted.read_text()
    assert keys.current().access_key == "made"
    assert counted.read_text() == before


def test_no_credentials_are_told_when_they_are_needed() -> None:
    """Nothing is sent; the next call looks for them again."""
    with lean_transport(region="eu-west-1", endpoint_url="http://127.0.0.1:9") as send:
        for _ in range(2):
            with pytest.raises(TransportError) as caught:
                send("GetItem", {})
            assert (caught.value.code, caught.value.is_refusal) == (NO_CREDENTIALS, True)


def test_credentials_of_a_boto3_session_are_taken() -> None:
    """As they are."""
    given: Any = boto3.session.Session("id", "secret", "token").get_credentials()
    keys = found(region="eu-west-1", credentials=given).keys.current()
    assert (keys.access_key, keys.secret_key, keys.token) == ("id", "secret", "token")


# TLS, proxies, what is loaded


def test_whom_a_connection_trusts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The given context; else the bundle that is named; else the system's authorities, or, where
    it has none, botocore's."""
    tls = ssl.create_default_context()
    assert found(region="eu-west-1", tls=tls).main.tls is tls
    assert found(region="eu-west-1", endpoint_url=" HTTPS://h", tls=tls).main.tls is tls
    assert found(region="eu-west-1", endpoint_url="http://h", tls=tls).main.tls is None
    context = found(region="eu-west-1").main.tls
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    nowhere = ssl.get_default_verify_paths()._replace(cafile=None, capath=None)
    monkeypatch.setattr("ssl.get_default_verify_paths", lambda: nowhere)
    monkeypatch.setattr(
        "singletable.transport.lean.settings.create_default_context",
        lambda **_: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )
    context = found(region="eu-west-1").main.tls
    assert context is not None
    assert context.cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize(
    ("variables", "peer"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy:3128"}, ("proxy", 3128)),
        ({"https_proxy": "proxy:3128"}, ("proxy", 3128)),
        ({"HTTPS_PROXY": "http://proxy"}, ("proxy", 80)),
        ({"HTTP_PROXY": "http://proxy:3128"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "x,.amazonaws.com"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": "example.org"}, ("proxy", 3128)),
    ],
)
def test_proxies_are_those_of_the_environment(
    variables: dict[str, str], peer: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of https, but for the hosts that are excepted."""
    said(monkeypatch, **variables)
    target = found(region="eu-west-1").main
    assert target.peer == (peer or ("dynamodb.eu-west-1.amazonaws.com", 443))


@pytest.mark.parametrize(("proxy", "peer"), [("", None), ("http://other:80", ("other", 80))])
def test_a_proxy_that_is_given_stands_in_for_the_environment(
    proxy: str, peer: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty one for none at all."""
    said(monkeypatch, HTTPS_PROXY="http://proxy:3128")
    target = found(region="eu-west-1", proxy=proxy).main
    assert target.peer == (peer or ("dynamodb.eu-west-1.amazonaws.com", 443))


def test_no_sdk_is_loaded() -> None:
    """Where the environment says everything; nor what is sent by, where nobody asked for it."""
    code = """
import sys
import singletable
assert "singletable.transport.lean.calls" not in sys.modules
from singletable.transport import lean_transport
send = lean_transport()
send._keys.current()
loaded = {"boto3", "botocore", "urllib3", "http.client", "urllib.request"}
assert not loaded & sys.modules.keys(), loaded & sys.modules.keys()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**KEYS, "AWS_REGION": "eu-west-1", "HOME": "/nonexistent"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
