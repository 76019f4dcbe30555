"""The bootstrap makes a pool that one can sign in to, and gives people the same ids each time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from moto.server import ThreadedMotoServer

from app.aws.settings import load_settings
from app.core.settings import Settings
from scripts.bootstrap.content import COVER_OBJECT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PASSWORD = "Demo-password-1"
ROLES = {
    "ada@example.com": "fm-web:admin",
    "grace@example.com": "fm-web:editor",
    "sejong@example.com": "fm-web:editor",
    "alan@example.com": "fm-web:viewer",
}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """moto's server, with the settings that the local stack starts it with."""
    monkeypatch.setenv("MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY", "HASH")
    monkeypatch.setenv("MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY", "HASH")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    ask_moto(f"http://{host}:{port}", "reset")
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def client(endpoint: str) -> Any:
    return aws("cognito-idp", endpoint)


def aws(service: str, endpoint: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def ask_moto(endpoint: str, request: str) -> None:
    connection = HTTPConnection(endpoint.removeprefix("http://"), timeout=5)
    connection.request("POST", f"/moto-api/{request}")
    assert connection.getresponse().status == 200
    connection.close()


def bootstrap(
    *arguments: str, script: str = "cognito_local_bootstrap.py"
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


def made(endpoint: str, *arguments: str) -> dict[str, Any]:
    done = bootstrap("--endpoint", endpoint, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def signed_in(client: Any, settings: dict[str, str], email: str, password: str) -> Any:
    return client.admin_initiate_auth(
        UserPoolId=settings["COGNITO_USER_POOL_ID"],
        ClientId=settings["COGNITO_CLIENT_ID"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )["AuthenticationResult"]


def test_everyone_signs_in_in_their_role(endpoint: str, client: Any) -> None:
    """Tokens of each demo account verify against the printed issuer, client and key address."""
    answer = made(endpoint)
    settings = answer["settings"]
    with urlopen(settings["COGNITO_JWKS_URL"]) as keys:  # noqa: S310 - moto's, over HTTP
        key_set = KeySet.import_key_set(json.load(keys))
    assert {account["email"]: account["role"] for account in answer["accounts"]} == ROLES
    for account in answer["accounts"]:
        tokens = signed_in(client, settings, account["email"], answer["password"])
        access, identity = (
            jwt.decode(tokens[name], key_set, algorithms=["RS256"]).claims
            for name in ("AccessToken", "IdToken")
        )
        assert access["iss"] == identity["iss"] == settings["COGNITO_ISSUER"]
        assert access["client_id"] == identity["aud"] == settings["COGNITO_CLIENT_ID"]
        assert access["sub"] == account["user_id"]
        assert access["cognito:groups"] == [account["role"]]
        assert identity["custom:role"] == account["role"]


def test_the_settings_suit_the_app(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app starts with what is printed."""
    for name, value in made(endpoint)["settings"].items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("APP_ENV", "local")
    monkeypatch.setenv("TABLE_NAME", "demo")
    monkeypatch.setenv("DYNAMODB_ENDPOINT", endpoint)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert load_settings().cognito_user_pool_id.startswith("us-east-1_")


def test_with_a_bucket_the_api_takes_uploads(endpoint: str) -> None:
    """It is there, once, and the settings name it; without the option nothing is made."""
    assert "MEDIA_BUCKET" not in made(endpoint)["settings"]
    s3 = aws("s3", endpoint)
    assert s3.list_buckets()["Buckets"] == []
    for _ in range(2):
        settings = made(endpoint, "--bucket", "files")["settings"]
        assert (settings["MEDIA_BUCKET"], settings["S3_ENDPOINT"]) == ("files", endpoint)
        assert [each["Name"] for each in s3.list_buckets()["Buckets"]] == ["files"]
        (picture,) = s3.list_objects_v2(Bucket="files")["Contents"]
        assert picture["Key"] == f"media/{COVER_OBJECT}"


def test_with_a_queue_there_are_jobs(endpoint: str) -> None:
    """It is there once, and what is received too often goes to the dead letters."""
    assert "JOBS_QUEUE_URL" not in made(endpoint)["settings"]
    sqs = aws("sqs", endpoint)
    for _ in range(2):
        settings = made(endpoint, "--queue", "jobs")["settings"]
        assert settings["SQS_ENDPOINT"] == endpoint
        assert len(sqs.list_queues()["QueueUrls"]) == 2
    told = sqs.get_queue_attributes(QueueUrl=settings["JOBS_QUEUE_URL"], AttributeNames=["All"])
    redrive = json.loads(told["Attributes"]["RedrivePolicy"])
    assert redrive["deadLetterTargetArn"].endswith(":jobs-dead")
    assert redrive["maxReceiveCount"] > Settings.model_fields["jobs_most_attempts"].default + 1


def test_repeating_it_finds_everything_and_changes_nothing(endpoint: str, client: Any) -> None:
    """There is one pool, one client, and passwords that people changed stay changed."""
    first = made(endpoint)
    pool = {"UserPoolId": first["settings"]["COGNITO_USER_POOL_ID"]}
    client.admin_set_user_password(
        **pool, Username="ada@example.com", Password="Another-password-1", Permanent=True
    )
    assert made(endpoint) == first
    assert len(client.list_user_pools(MaxResults=60)["UserPools"]) == 1
    assert len(client.list_user_pool_clients(**pool, MaxResults=60)["UserPoolClients"]) == 1
    assert len(client.list_users(**pool)["Users"]) == len(ROLES)
    assert signed_in(client, first["settings"], "ada@example.com", "Another-password-1")


def test_a_half_made_account_is_finished(endpoint: str, client: Any) -> None:
    """An account without a password of its own gets it, and its group, on the next run."""
    settings = made(endpoint)["settings"]
    pool = {"UserPoolId": settings["COGNITO_USER_POOL_ID"]}
    client.admin_delete_user(**pool, Username="alan@example.com")
    client.admin_create_user(
        **pool,
        Username="alan@example.com",
        UserAttributes=[{"Name": "email", "Value": "alan@example.com"}],
    )
    made(endpoint)
    assert signed_in(client, settings, "alan@example.com", PASSWORD)
    groups = client.admin_list_groups_for_user(**pool, Username="alan@example.com")["Groups"]
    assert [group["GroupName"] for group in groups] == ["fm-web:viewer"]


def test_ids_outlive_the_memory_of_moto(endpoint: str, client: Any) -> None:
    """Pool, client and demo people come back under the same ids; later accounts do not recur."""
    answers, strangers = [], []
    for _ in range(2):
        ask_moto(endpoint, "reset")
        answers.append(made(endpoint))
        stranger = client.admin_create_user(
            UserPoolId=answers[0]["settings"]["COGNITO_USER_POOL_ID"],
            Username="stranger@example.com",
        )
        strangers.append(stranger["User"]["Username"])
    assert answers[0] == answers[1]
    assert strangers[0] != strangers[1]


def test_the_demo_content_belongs_to_the_accounts(endpoint: str, tmp_path: Path) -> None:
    """Users and posts of the table bear the ids that the pool gave."""
    saved = tmp_path / "cognito"
    answer = made(endpoint, "--save", str(saved))
    assert saved.stat().st_mode & 0o777 == 0o600
    table = ("--endpoint", endpoint, "--table", "owned", "--seed")
    done = bootstrap(*table, "--accounts", str(saved), script="dynamodb_local_bootstrap.py")
    assert done.returncode == 0, done.stderr
    items = aws("dynamodb", endpoint).scan(TableName="owned")["Items"]
    keys = {item["PK"]["S"] for item in items}
    ids = {account["user_id"] for account in answer["accounts"]}
    assert {f"USER#{user_id}" for user_id in ids} <= keys
    assert {item["author_id"]["S"] for item in items if "author_id" in item} <= ids
    again = bootstrap(*table, script="dynamodb_local_bootstrap.py")
    assert again.returncode == 0, again.stderr
    assert len(aws("dynamodb", endpoint).scan(TableName="owned")["Items"]) == len(items)


def test_a_table_that_knows_people_by_other_ids_is_left_alone(
    endpoint: str, tmp_path: Path
) -> None:
    """The address, both ids and the way out are named."""
    saved = tmp_path / "cognito"
    ada = made(endpoint, "--save", str(saved))["accounts"][0]["user_id"]
    table = ("--endpoint", endpoint, "--table", "older", "--seed")
    bootstrap(*table, script="dynamodb_local_bootstrap.py").check_returncode()
    done = bootstrap(*table, "--accounts", str(saved), script="dynamodb_local_bootstrap.py")
    assert done.returncode == 1
    assert f"ada@example.com is user ada in the table, and {ada} in the user pool" in done.stderr
    assert "--recreate" in done.stderr


def test_a_file_that_tells_no_ids_is_named(tmp_path: Path) -> None:
    """Before anything is asked of the table."""
    for file in (tmp_path / "absent", ROOT / "pyproject.toml"):
        done = bootstrap(
            *("--endpoint", "http://127.0.0.1:9", "--seed", "--accounts", str(file)),
            script="dynamodb_local_bootstrap.py",
        )
        assert done.returncode == 1
        assert f"{file} does not tell the ids" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 2, "--endpoint"),
        (("--endpoint", "https://cognito-idp.us-east-1.example.com"), 2, "not local"),
        (("--endpoint", "localhost:8002"), 2, "no URL"),
        (("--endpoint", "http://127.0.0.1:9"), 1, "does not answer as Cognito"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], code: int, words: str) -> None:
    """A mistake ends with its own exit code and one message, without a traceback."""
    done = bootstrap(*arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
