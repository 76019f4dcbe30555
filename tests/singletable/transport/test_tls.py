"""Over TLS: who is not who he says is sent nothing; also behind a proxy."""

from __future__ import annotations

import ipaddress
import select
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from singletable.errors.transport import UNREACHABLE, TransportError
from tests.singletable.transport.conftest import OpenLean
from tests.singletable.transport.test_connections import BODY, GOOD, OK, _read_request

GET = ("GetItem", {"TableName": "t", "Key": {"PK": {"S": "a"}}})
ADD = ("UpdateItem", {"UpdateExpression": "ADD #a :a"})


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder: an authority (ca.pem), and a server of `localhost` and 127.0.0.1 (server.pem)."""
    folder = tmp_path_factory.mktemp("certificates")
    authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    local = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    key_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())

    def certificate(name: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_ca: bool) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(authority)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), False
            )
        )
        if is_ca:
            usage = x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True,
                content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, encipher_only=False, decipher_only=False,
            )  # fmt: skip
            builder = builder.add_extension(key_id, False).add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName(local), critical=False)
        return builder.sign(authority_key, hashes.SHA256()).public_bytes(_PEM)

    (folder / "ca.pem").write_bytes(certificate(authority, authority_key, is_ca=True))
    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    key = server_key.private_bytes(
        _PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(key + certificate(server, server_key, is_ca=False))
    return folder


_PEM = serialization.Encoding.PEM


class Served:
    """A listening port, and what arrived at it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.requests = list[bytes]()
        self.connections = 0


@contextmanager
def listening(serve: object) -> Iterator[Served]:
    """Serves each connection in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    served = Served(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            served.connections += 1
            threading.Thread(target=act, args=(peer,), daemon=True).start()

    def act(peer: socket.socket) -> None:
        with peer, suppress(OSError):
            serve(served, peer)  # type: ignore[operator]

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield served
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.fixture
def server(certificates: Path) -> Iterator[Served]:
    """Answers by TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem")

    def serve(served: Served, peer: socket.socket) -> None:
        with context.wrap_socket(peer, server_side=True) as secure:
            while request := _read_request(secure):
                served.requests.append(request)
                secure.sendall(GOOD)

    with listening(serve) as started:
        yield started


@pytest.fixture
def trusted(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is named by the environment."""
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificates / "ca.pem"))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_server_that_is_trusted_is_asked(server: Served, open_lean: OpenLean, host: str) -> None:
    """By name or by address, on one connection."""
    send = open_lean(f"https://{host}:{server.port}")
    assert [send(*GET) for _ in range(3)] == [OK] * 3
    assert server.connections == 1
    assert b"host:%b:%d\r\n" % (host.encode(), server.port) in server.requests[0]


def refused(open_lean: OpenLean, endpoint: str) -> TransportError:
    with pytest.raises(TransportError) as caught:
        open_lean(endpoint, attempts=1)(*ADD)
    assert (caught.value.code, caught.value.is_refusal) == (UNREACHABLE, True)
    return caught.value


def test_a_server_of_an_unknown_authority_is_sent_nothing(
    server: Served, open_lean: OpenLean
) -> None:
    """It is certain that nothing was carried out."""
    caught = refused(open_lean, f"https://localhost:{server.port}")
    assert "certificate verify failed" in caught.message
    assert server.requests == []


@pytest.mark.usefixtures("trusted")
def test_a_server_of_another_name_is_sent_nothing(
    server: Served, open_lean: OpenLean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever address the name leads to."""
    lookup = socket.getaddrinfo

    def lead_here(host: object, *given: object, **named: object) -> object:
        host = "127.0.0.1" if host == "dynamodb.example" else host
        return lookup(host, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lead_here)
    caught = refused(open_lean, f"https://dynamodb.example:{server.port}")
    assert "Hostname mismatch" in caught.message
    assert server.requests == []


def test_a_server_without_tls_is_no_server(open_lean: OpenLean) -> None:
    """The handshake fails."""
    with listening(lambda served, peer: peer.sendall(GOOD)) as plain:
        refused(open_lean, f"https://localhost:{plain.port}")


def relay(one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([one, other], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)


@contextmanager
def proxy(answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> Iterator[Served]:
    """Connects whoever asks by CONNECT, and answers other requests itself."""

    def serve(served: Served, peer: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += peer.recv(65536)
        served.requests.append(head)
        method, target, _ = head.split(b" ", 2)
        if method != b"CONNECT":
            peer.sendall(GOOD)
            return
        peer.sendall(answer)
        host, _, port = target.rpartition(b":")
        with socket.create_connection((host.decode(), int(port))) as upstream:
            relay(peer, upstream)

    with listening(serve) as started:
        yield started


LOGIN = b"proxy-authorization:Basic " + b64encode(b"me:w@rd")


@pytest.mark.usefixtures("trusted")
def test_a_proxy_leads_to_the_server_and_sees_nothing(
    server: Served, open_lean: OpenLean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But the name, and its own password, which the server does not see."""
    with proxy() as between:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:w%40rd@127.0.0.1:{between.port}")
        send = open_lean(f"https://localhost:{server.port}")
        assert [send(*GET) for _ in range(3)] == [OK] * 3
        (asked,) = between.requests
    assert asked.startswith(b"CONNECT localhost:%d HTTP/1.1\r\n" % server.port)
    assert LOGIN in asked
    assert len(server.requests) == 3
    assert all(LOGIN not in request for request in server.requests)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n", b"no", b"HTTP/1.1 200\r\n\r\n+"]
)
def test_a_proxy_that_leads_nowhere_is_a_refusal(
    server: Served, open_lean: OpenLean, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    """Nothing was carried out."""
    with proxy(answer) as between:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{between.port}")
        with pytest.raises(TransportError) as caught:
            open_lean(f"https://localhost:{server.port}", attempts=1, connect_timeout=0.5)(*ADD)
    assert (caught.value.code, caught.value.is_refusal) == (UNREACHABLE, True)
    assert f"127.0.0.1:{between.port}" in caught.value.message
    assert server.requests == []


def test_a_proxy_of_plain_requests_gets_whole_addresses(
    open_lean: OpenLean, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its password."""
    with proxy() as between:
        monkeypatch.setenv("http_proxy", f"http://me:w%40rd@127.0.0.1:{between.port}")
        assert open_lean("http://dynamodb.example:8000")(*GET) == OK
        (asked,) = between.requests
    assert asked.startswith(b"POST http://dynamodb.example:8000/ HTTP/1.1\r\n")
    assert LOGIN in asked
    assert b"host:dynamodb.example:8000\r\n" in asked
    assert BODY not in asked
