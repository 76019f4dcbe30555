"""Where requests go, who signs them, and whom connections trust."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Any, TypedDict, cast
from urllib.parse import unquote, urlsplit

from singletable.errors.base import abridge
from singletable.errors.transport import NO_CREDENTIALS, TransportError
from singletable.records import record
from singletable.transport.lean.configured import Configured, CredentialsSource, refuse
from singletable.transport.lean.signing import Credentials

_REGION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9._:%-]+")
_PORTS = {"http": 80, "https": 443}


class LeanOptions(TypedDict, total=False):
    """Options of both transports. What is not given is found as boto3 finds it.

    `attempts` at one request (botocore's 4, or AWS_MAX_ATTEMPTS). `connections`: how many there are
    at most, 64; who finds none waits for one. `connect_timeout` (5) and `read_timeout` (60), in
    seconds: to be connected, and to have the whole answer. `time_left` tells the seconds within
    which an answer is needed, None for any time: an attempt that may take longer is not begun.
    `proxy`: its URL, "" for none. `tls`: the context of connections by https.
    """

    region: str
    endpoint_url: str
    credentials: CredentialsSource
    attempts: int
    connections: int
    connect_timeout: float
    read_timeout: float
    time_left: Callable[[], float | None]
    proxy: str
    tls: SSLContext


@record
class Proxy:
    host: str
    port: int
    authorization: str = ""


@record
class Target:
    """An endpoint. `authority` is its host as the `Host` header has it."""

    url: str
    host: str
    port: int
    authority: str
    tls: SSLContext | None
    proxy: Proxy | None

    @property
    def peer(self) -> tuple[str, int]:
        """To whom a connection is made."""
        return (self.proxy.host, self.proxy.port) if self.proxy else (self.host, self.port)

    @property
    def needs_tunnel(self) -> bool:
        return self.proxy is not None and self.tls is not None

    def request_lines(self) -> str:
        """The first lines of every request."""
        path, extra = "/", ""
        if self.proxy and not self.tls:
            path, extra = f"http://{self.authority}/", self.proxy.authorization
        return (
            f"POST {path} HTTP/1.1\r\n{extra}accept-encoding:identity\r\nuser-agent:singletable\r\n"
        )

    def tunnel_request(self) -> bytes:
        """What asks the proxy for a connection to the endpoint."""
        to = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        extra = self.proxy.authorization if self.proxy else ""
        return f"CONNECT {to} HTTP/1.1\r\nhost:{to}\r\n{extra}\r\n".encode()


@record
class Settings:
    """`search` is where vectors are searched, another host on AWS. `region`: for signatures."""

    region: str
    main: Target
    search: Target
    keys: Keys
    attempts: int
    connections: int
    connect_timeout: float
    read_timeout: float
    time_left: Callable[[], float | None] | None

    @property
    def seconds(self) -> float:
        """What one attempt may take."""
        return self.connect_timeout + self.read_timeout


class Keys:
    """Those of the moment, from a source that is looked for when the first request is signed."""

    def __init__(self, find: Callable[[], CredentialsSource | None]) -> None:
        self._find = find
        self._source: CredentialsSource | None = None

    @property
    def is_at_hand(self) -> bool:
        """Whether they can be had without asking anybody."""
        refresh_needed: Callable[[], bool] | None = getattr(self._source, "refresh_needed", None)
        return self._source is not None and not (refresh_needed and refresh_needed())

    def current(self) -> Credentials:
        """Raises `TransportError` alone."""
        try:
            source = self._source = self._source or self._find()
            if source is not None:
                return source.get_frozen_credentials()
        except Exception as error:
            # Of botocore, of the services it asks, of a source of the caller's own.
            shown = f"{type(error).__name__}: {error}"
            raise TransportError(NO_CREDENTIALS, shown, carried_out="no") from error
        raise TransportError(NO_CREDENTIALS, "no credentials were found", carried_out="no")


def to_settings(options: LeanOptions, where: str) -> Settings:
    """Raises `InvalidOperation` for what cannot be, or is missing."""
    unknown = sorted(set(options) - set(LeanOptions.__annotations__))
    if unknown:
        refuse(where, ", ".join(unknown), ", ".join(LeanOptions.__annotations__))
    configured = Configured(where)
    numbers = {
        "attempts": options["attempts"] if "attempts" in options else configured.attempts(),
        "connections": options.get("connections", 64),
        "connect_timeout": options.get("connect_timeout", 5.0),
        "read_timeout": options.get("read_timeout", 60.0),
    }
    for name, value in numbers.items():
        types = (int, float) if name.endswith("timeout") else (int,)
        if not isinstance(cast(object, value), types) or value <= 0:
            refuse(where, f"{name}={abridge(value)}", "a number greater than 0")
    region = options.get("region") or configured.region()
    if region is None or not _REGION.fullmatch(region):
        refuse(where, f"the region is {abridge(region)}", "region=..., or AWS_DEFAULT_REGION")
    url = options.get("endpoint_url") or configured.endpoint_url()
    endpoints = (url, url, region) if url else configured.endpoints(region)
    given = options.get("credentials")
    if given is not None and not callable(getattr(given, "get_frozen_credentials", None)):
        refuse(where, "other credentials are given", "boto3.Session(...).get_credentials()")
    tls = cache(lambda: options.get("tls") or _tls(configured.ca_bundle(), where))
    main, search = (_target(each, tls, options.get("proxy"), where) for each in endpoints[:2])
    find = configured.credentials if given is None else lambda: given
    return Settings(
        region=endpoints[2],
        main=main,
        search=main if search.url == main.url else search,
        keys=Keys(find),
        time_left=options.get("time_left"),
        **cast("dict[str, Any]", numbers),
    )


def _target(url: str, tls: Callable[[], SSLContext], proxy: str | None, where: str) -> Target:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    is_plain = not (parts.username or parts.query or parts.fragment) and parts.path in ("", "/")
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host) or not is_plain:
        refuse(where, f"the endpoint {abridge(url)}", "https://host, or http://host:port")
    shown = f"[{host}]" if ":" in host else host
    usual = _PORTS[parts.scheme]
    return Target(
        url=url,
        host=host,
        port=port or usual,
        authority=shown if port in (None, usual) else f"{shown}:{port}",
        tls=tls() if parts.scheme == "https" else None,
        proxy=_proxy(
            _configured_proxy(parts.scheme, f"{shown}:{port or usual}") if proxy is None else proxy,
            where,
        ),
    )


def _tls(bundle: str | None, where: str) -> SSLContext:
    """A context that trusts this bundle, or what the system trusts, or else what botocore does."""
    try:
        context = create_default_context(cafile=bundle)
    except OSError as error:
        refuse(where, f"the CA bundle {abridge(bundle)}: {error}", "a file of PEM certificates")
    if bundle is None and not _trusts_anybody(context):
        found = find_spec("botocore")
        if found is not None and found.origin:
            context.load_verify_locations(Path(found.origin).with_name("cacert.pem"))
    return context


def _trusts_anybody(context: SSLContext) -> bool:
    from ssl import get_default_verify_paths  # noqa: PLC0415

    paths = get_default_verify_paths()
    return bool(context.cert_store_stats()["x509_ca"] or paths.cafile or paths.capath)


def _configured_proxy(scheme: str, endpoint: str) -> str:
    """That of the environment; systems that have other settings for it are not asked."""
    if not any(name.lower() == f"{scheme}_proxy" for name in os.environ):
        return ""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415

    return "" if proxy_bypass(endpoint) else getproxies().get(scheme, "")


def _proxy(url: str, where: str) -> Proxy | None:
    if not url:
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme != "http" or not parts.hostname:
        refuse(where, "the proxy that is configured", "one that is reached by http://")
    authorization = ""
    if parts.username:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        encoded = b64encode(login.encode()).decode()
        authorization = f"proxy-authorization:Basic {encoded}\r\n"
    return Proxy(parts.hostname, parts.port or 80, authorization)
