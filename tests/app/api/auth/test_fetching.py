"""A document comes from its address, in one piece and in time, or not at all."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.adapters import jwt
from app.adapters.jwt import SigningKeys, fetch_document
from tests.app.api.auth.issuer import Issuer
from tests.backends import Clock

DOCUMENT = Issuer(Clock()).document()


class Answers(BaseHTTPRequestHandler):
    """The path says what is answered."""

    def do_GET(self) -> None:
        match self.path.strip("/").split("/"):
            case ["redirect", status]:
                self.answer(int(status), b"", Location="/keys")
            case ["status", status]:
                self.answer(int(status), DOCUMENT)
            case ["bytes", size]:
                self.answer(200, b"x" * int(size))
            case ["slow"]:
                self.drip()
            case ["nonsense"]:
                self.wfile.write(b"nonsense\r\n\r\n")
            case _:
                self.answer(200, DOCUMENT)

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        """A byte now and then: no single wait is long."""
        self.answer(200, b"{")
        for _ in range(20):
            time.sleep(0.05)
            self.wfile.write(b" ")

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what the tests are about."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Its address; a real one, on this machine alone."""
    with Server(("127.0.0.1", 0), Answers) as serving:
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def failure(url: str) -> str:
    with pytest.raises(OSError) as caught:
        fetch_document(url)
    return str(caught.value)


def test_keys_are_fetched_over_http(server: str) -> None:
    """From the address to a key, with nothing put in between."""
    assert fetch_document(f"{server}/keys") == DOCUMENT
    assert SigningKeys(f"{server}/keys").key_for("key-1") is not None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server: str, status: int) -> None:
    """Not even to the same host."""
    assert failure(f"{server}/redirect/{status}") == f"status {status}"


@pytest.mark.parametrize("status", [201, 203, 400, 401, 404, 429, 500, 503])
def test_another_status_is_a_failure(server: str, status: int) -> None:
    """Whatever the body says."""
    assert failure(f"{server}/status/{status}") == f"status {status}"


def test_a_document_has_64_kib_at_most(server: str) -> None:
    """A byte more is a failure, not a shorter document."""
    assert len(fetch_document(f"{server}/bytes/65536")) == 65536
    assert failure(f"{server}/bytes/65537") == "more than 65536 bytes"


def test_a_server_that_drips_is_left(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is for the whole document, not for each piece."""
    monkeypatch.setattr(jwt, "TIMEOUT_SECONDS", 0.2)
    began = time.monotonic()
    assert failure(f"{server}/slow") == "slower than 0.2 seconds"
    assert time.monotonic() - began < 1


def test_a_server_that_speaks_no_http_is_a_failure(server: str) -> None:
    """Whatever the client library calls it."""
    assert failure(f"{server}/nonsense") == "BadStatusLine"


def test_only_http_is_spoken(tmp_path: Path) -> None:
    """No file of the machine is a key set, and no address is guessed."""
    secret = tmp_path / "keys"
    secret.write_bytes(DOCUMENT)
    for url in (secret.as_uri(), "ftp://127.0.0.1/keys", "data:,x", "keys", "", str(secret)):
        assert failure(url) == "neither http nor https"


@pytest.mark.parametrize("url", ["http://", "http://[", "http://127.0.0.1:1/", "http://a b/"])
def test_an_address_where_nobody_is_is_a_failure(url: str) -> None:
    """Of the same family, so that known keys are served on."""
    assert failure(url)


def test_proxies_of_the_environment_are_not_asked(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys come from the address that the settings name."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert fetch_document(f"{server}/keys") == DOCUMENT
