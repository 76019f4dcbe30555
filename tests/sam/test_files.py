"""What the code says of files and functions, against the template and the proof of the build."""

from __future__ import annotations

import json
import re
import subprocess
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mangum import Mangum

from app.services.uploads import arriving, kept
from scripts.artefact.entrances import ENTRANCES, RECORDED, Entrance, Request
from scripts.artefact.run import handlers
from scripts.artefact.source_cases import CASES
from tests.sam import part_checks
from tests.sam.checks import API
from tests.sam.template import ROOT, deployed, functions

# By what S3 asks IAM: an object's head is read as the object is, and a copy reads and writes.
ACTIONS = {
    "copy_object": {"GetObject", "PutObject"},
    "delete_object": {"DeleteObject"},
    "get_object": {"GetObject"},
    "head_object": {"GetObject"},
    "put_object": {"PutObject"},
}


def test_the_lifecycle_is_for_where_the_app_puts_files() -> None:
    """What the checks call pending and kept is what the app calls so."""
    media = cast("Any", SimpleNamespace(object_name="x"))
    assert (arriving(media), kept(media)) == (f"{part_checks.PENDING}x", f"{part_checks.KEPT}x")


def test_the_api_may_do_with_files_what_it_does() -> None:
    """Exactly what the adapter calls or signs, on one bucket's objects; and see what is there."""
    text = (ROOT / "app" / "aws" / "s3.py").read_text()
    called = [action for name, action in ACTIONS.items() if re.search(rf"\b{name}\b", text)]
    rights = dict(part_checks.rights_of(deployed(), API))
    objects = {"Fn::Sub": "${MediaBucket.Arn}/*"}
    assert {name for name, at in rights.items() if at == objects} == {
        f"s3:{action}" for action in set().union(*called)
    }
    assert rights["s3:ListBucket"] == {"Fn::GetAtt": ["MediaBucket", "Arn"]}


def test_every_function_of_the_template_is_run() -> None:
    """The proof starts the handlers that the template names, and has cases for each."""
    named = {name: each["Handler"] for name, each in functions(deployed()).items()}
    assert handlers() == named
    assert {function for function, _, _ in CASES} == named.keys()


def test_the_proof_looks_for_the_python_of_the_functions() -> None:
    """By the name of the runtime."""
    text = (ROOT / "scripts" / "lib" / "sam.sh").read_text()
    runtimes = {each["Runtime"] for each in functions(deployed()).values()}
    assert set(re.findall(r"^RUNTIME_PYTHON=(\S+)", text, re.MULTILINE)) == runtimes


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_events_are_nobodys(path: Any) -> None:
    """Accounts and addresses are those that are reserved for documents."""
    text = path.read_text()
    json.loads(text)
    assert set(re.findall(r"\b\d{12}\b", text)) <= {"123456789012"}
    addresses = set(re.findall(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", text))
    assert all(address.startswith("203.0.113.") for address in addresses)


def test_the_proof_takes_no_words() -> None:
    """A word that it does not know is exit 2, and nothing is built."""
    script = ROOT / "scripts" / "prove_artefact.sh"
    done = subprocess.run([script, "quickly"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--help" in done.stderr


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what arrived, and two cookies."""
    body = (await receive())["body"]
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    arrived = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "cookie": headers.get("cookie"),
        "type": headers.get("content-type"),
        "body": body.decode(),
    }
    cookies = [(b"set-cookie", b"a=1; Path=/"), (b"set-cookie", b"b=2; Path=/v1")]
    started = {"type": "http.response.start", "status": 201}
    await send({**started, "headers": [(b"content-type", b"application/json"), *cookies]})
    await send({"type": "http.response.body", "body": json.dumps(arrived).encode()})


@pytest.mark.usefixtures("own_loop")
@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda entrance: entrance.name)
@pytest.mark.parametrize("in_base64", [False, True], ids=["text", "base64"])
def test_a_request_arrives_as_it_was_made(entrance: Entrance, in_base64: bool) -> None:
    """Through the adapter that the app uses: nothing is lost in events or in reading answers."""
    request = Request(
        "POST",
        "/v1/posts",
        query=(("q", "글 & 1"),),
        headers={"Content-Type": "text/plain"},
        cookies=("x=1", "y=2"),
        body="본문".encode(),
        in_base64=in_base64,
    )
    adapter = Mangum(cast("Any", echo), lifespan="off")
    answer = entrance.response(adapter(entrance.event(request), cast("Any", None)))
    assert answer.status == 201
    assert answer.cookies == ("a=1; Path=/", "b=2; Path=/v1")
    assert answer.json() == {
        "method": "POST",
        "path": "/v1/posts",
        "query": "q=%EA%B8%80+%26+1",
        "cookie": "x=1; y=2",
        "type": "text/plain",
        "body": "본문",
    }
