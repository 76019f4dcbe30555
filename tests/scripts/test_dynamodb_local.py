"""DynamoDB Local without Docker: what it refuses, and that half a download is no download."""

import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Site

JAVA_17 = "#!/bin/sh\necho 'openjdk version \"17.0.1\" 2021-10-19' >&2\n"
HALF_A_DOWNLOAD = """#!/bin/sh
for word; do case $word in -DoutputDirectory=*) touch "${word#*=}/half.jar" ;; esac; done
echo broken
exit 1
"""


def start(site: "Site", **settings: str):
    return site.run("dynamodb_local.sh", "start", "--port", str(site.dynamodb_port), **settings)


def test_an_old_or_absent_java_is_named(site: "Site") -> None:
    """Java below 17 is exit 3."""
    site.program("java", "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    result = start(site)
    assert result.returncode == 3
    assert "found version '11'" in result.stderr
    assert start(site, JAVA_HOME=str(site.root)).returncode == 3


def test_a_busy_port_is_named_with_its_holder(site: "Site") -> None:
    """A foreign listener is exit 4."""
    site.program("java", JAVA_17)
    with socket.create_server(("127.0.0.1", site.dynamodb_port)):
        result = start(site)
    assert result.returncode == 4
    assert f"process {os.getpid()}" in result.stderr


def test_a_broken_download_leaves_no_cache(site: "Site") -> None:
    """Jars count only once all of them are there."""
    site.program("java", JAVA_17)
    site.program("mvn", HALF_A_DOWNLOAD)
    result = start(site)
    assert result.returncode == 5
    assert "broken" in result.stderr
    cache = site.root / ".devserver" / "dynamodb-local"
    assert not [entry for entry in cache.iterdir() if not entry.name.startswith("incoming.")]


def test_a_server_that_ends_at_once_shows_its_log(site: "Site") -> None:
    """A start without an answer is exit 6, and its pid file is gone."""
    site.program("java", JAVA_17 + "echo no native library >&2\n")
    site.program("mvn", "#!/bin/sh\nexit 0\n")
    result = start(site)
    assert result.returncode == 6
    assert "no native library" in result.stderr
    assert not list((site.root / ".devserver" / "pids").iterdir())


def test_status_and_stop_are_harmless_when_nothing_runs(site: "Site") -> None:
    """status answers no with exit 1, stop with 0."""
    port = ("--port", str(site.dynamodb_port))
    assert site.run("dynamodb_local.sh", "status", *port).returncode == 1
    assert site.run("dynamodb_local.sh", "stop", *port).returncode == 0


def test_what_is_no_port_is_refused(site: "Site") -> None:
    """A port is a number from 1 to 65535."""
    for port in ("0", "65536", "http", ""):
        assert site.run("dynamodb_local.sh", "start", "--port", port).returncode == 2
