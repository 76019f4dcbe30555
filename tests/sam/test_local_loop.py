"""The loop on this machine, line by line as docs/infra.md has it, as far as no container is needed.

`docker` and `sam local` want an engine: of their lines, all that they take from us is looked at.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import boto3
import pytest
import yaml

from app.core.settings_base import SettingsError
from tests.backends import local_endpoint
from tests.sam.checks import environment, started_with
from tests.sam.stack import Stack
from tests.sam.template import ROOT, deployed, functions, source

PAGE = (ROOT / "docs" / "infra.md").read_text().partition("## The loop on this machine")[2]
LINES = [
    shlex.split(line)
    for block in re.findall(r"```sh\n(.*?)```", PAGE.partition("\n## ")[0], re.DOTALL)
    for line in block.splitlines()
]
EXPORTED = dict(words[1].split("=", 1) for words in LINES if words[0] == "export")
ENDPOINT = "http://localhost:8000"
NOBODYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}


def line(*beginning: str) -> list[str]:
    """The one line of the page that begins so."""
    (found,) = (words for words in LINES if words[: len(beginning)] == list(beginning))
    return found


def option(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def test_the_container_is_one_that_there_is() -> None:
    """`docker compose` is given a file of the project, with one service on the port of the loop."""
    words = line("docker", "compose")
    compose = yaml.safe_load((ROOT / option(words, "-f")).read_text())
    (service,) = compose["services"].values()
    assert words[-2:] == ["up", "-d"]
    assert service["ports"] == ["127.0.0.1:${DYNAMODB_PORT:-8000}:8000"]
    assert ENDPOINT in line("python3")


def test_sam_is_given_what_the_template_takes() -> None:
    """The file of values, and a parameter that becomes the endpoint of every function."""
    words = line("sam", "local", "start-api")
    assert option(words, "--env-vars") == "sam/local/env.local.json"
    given = dict([option(words, "--parameter-overrides").split("=", 1)])
    assert given.keys() <= source()["Parameters"].keys()
    inside = ENDPOINT.replace("localhost", "host.docker.internal")
    local = json.loads((ROOT / "sam" / "local" / "env.local.json").read_text())
    for name in functions(deployed()):
        told = Stack(deployed(), given).resolve(environment(deployed(), name))
        assert told["DYNAMODB_ENDPOINT"] == local[name]["DYNAMODB_ENDPOINT"] == inside


def test_an_event_of_the_page_is_there() -> None:
    """`sam local invoke` is shown with an event that is a recorded one."""
    (path,) = re.findall(r"--event (\S+)", PAGE)
    assert json.loads((ROOT / path).read_text())["Records"]


def test_the_exported_names_are_settings_for_the_one_table() -> None:
    """The older names agree, and are the table that the bootstrap makes unless told another."""
    settings = started_with({"AWS_LAMBDA_FUNCTION_NAME": "", **EXPORTED})
    assert {"USE_DYNAMO", "DYNAMODB_ENDPOINT", "POSTS_TABLE", "CATEGORIES_TABLE"} < EXPORTED.keys()
    assert settings.dynamodb_endpoint == ENDPOINT
    bootstrap = (ROOT / line("python3")[1]).read_text()
    assert f'"{settings.table_name}"' in bootstrap


def test_two_tables_are_refused_with_what_to_do() -> None:
    """As older set-ups name them: everything is in one table, and the message says so."""
    older = {"POSTS_TABLE": "fm_posts_local", "CATEGORIES_TABLE": "fm_categories_local"}
    with pytest.raises(SettingsError) as refused:
        started_with({**EXPORTED, **older})
    for word in (
        "POSTS_TABLE=fm_posts_local",
        "CATEGORIES_TABLE=fm_categories_local",
        "TABLE_NAME",
    ):
        assert word in str(refused.value)


def test_a_stage_has_to_be_named_local() -> None:
    """An endpoint on this machine does not make a stage local: that opens a token that all know."""
    unnamed = {name: value for name, value in EXPORTED.items() if name != "APP_ENV"}
    with pytest.raises(SettingsError, match="APP_ENV"):
        started_with(unnamed)


@pytest.mark.slow
@pytest.mark.connected
def test_the_loop_inserts_for_real() -> None:
    """Bootstrap and uvicorn, in the words of the page, on DynamoDB Local; only ports are others."""
    endpoint, table = local_endpoint(), f"loop-{uuid4().hex}"
    words = [endpoint if word == ENDPOINT else word for word in line("python3")[1:]]
    subprocess.run([sys.executable, *words, "--table", table], cwd=ROOT, check=True, env=told())
    try:
        with uvicorn(endpoint, table) as port:
            post = {"title": "From the loop", "categoryId": "news", "body": "Text."}
            status, answer = ask(port, "POST", "/v1/posts", post)
            assert status == 201, answer
            path = f"/v1/posts/{answer['data']['postId']}"
            assert ask(port, "GET", path)[1]["data"]["title"] == post["title"]
    finally:
        client = boto3.client("dynamodb", region_name="us-east-1", endpoint_url=endpoint, **keys())
        client.delete_table(TableName=table)


def keys() -> dict[str, str]:
    return {name.lower(): value for name, value in NOBODYS.items()}


def told(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **NOBODYS, **more}


@contextmanager
def uvicorn(endpoint: str, table: str) -> Iterator[int]:
    """As the page starts it, without watching files; ends with the block."""
    names = {name: table for name in EXPORTED if name.endswith("_TABLE")}
    exported = {**EXPORTED, **names, "DYNAMODB_ENDPOINT": endpoint}
    words = [word for word in line("uvicorn") if word != "--reload"]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", *words, "--port", str(port)],
        cwd=ROOT,
        env=told(**exported),
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not is_ready(port):
            assert process.poll() is None, "uvicorn ended"
            assert time.monotonic() < deadline, "uvicorn is not ready"
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def is_ready(port: int) -> bool:
    try:
        return ask(port, "GET", "/ready")[0] == 200
    except OSError:
        return False


def ask(port: int, method: str, path: str, body: object = None) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": "Bearer local-dev-token", "Content-Type": "application/json"}
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
