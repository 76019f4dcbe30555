"""The one command that tests: its tiers and rooms, and the services of connected tests."""

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Site

OPA = "#!/bin/sh\necho 'Version: 1.22.3'\necho more\n"
REDIS_SERVER = """#!/bin/sh
echo "$*" >redis-arguments
exec python3 -m http.server --bind 127.0.0.1 "$2"
"""
REDIS_CLIENT = """
import socket
from urllib.parse import urlsplit


class Redis:
    @classmethod
    def from_url(cls, url, **options):
        client = cls()
        client.parts = urlsplit(url)
        return client

    def ping(self):
        socket.create_connection((self.parts.hostname, self.parts.port), 5).close()
"""
SUITE = """
import os, socket, time
from pathlib import Path
from urllib.parse import urlsplit

import pytest


def test_offline():
    pass


@pytest.mark.slow
def test_slow():
    pass


@pytest.mark.connected
def test_connected():
    socket.create_connection(("127.0.0.1", urlsplit(os.environ["REDIS_TEST_URL"]).port), 5).close()
    Path("opa-of-tests").write_text(os.environ.get("OPA", ""))
    time.sleep(float(os.environ.get("SLOWNESS", "0")))
"""


CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--all", action="store_true")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("all"):
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
"""
LINT = {"lint-imports ", "ruff check .", "ruff format --check ."}
TOOLS = ("ruff", "lint-imports", "mypy", "pyright")


@pytest.fixture
def opa(site: "Site") -> str:
    """A site with a suite, a Redis, an opa whose path this is, and no Java."""
    (site.root / "tests").mkdir()
    (site.root / "tests" / "conftest.py").write_text(CONFTEST)
    (site.root / "tests" / "test_suite.py").write_text(SUITE)
    (site.root / "redis.py").write_text(REDIS_CLIENT)
    site.program("redis-server", REDIS_SERVER)
    site.program("java", "#!/bin/sh\nexit 1\n")
    return str(site.program("opa", OPA))


@pytest.fixture
def tools(site: "Site") -> None:
    """The programs of the static checks, all content, each of which notes how it was called."""
    for name in TOOLS:
        tool = site.root / ".venv" / "bin" / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >>"{site.root}/checked"\n')
        tool.chmod(0o755)


def checked(site: "Site") -> list[str]:
    """Whatever was called, in this order."""
    notes = site.root / "checked"
    return notes.read_text().splitlines() if notes.exists() else []


def parts(site: "Site") -> list[str]:
    return [path.name for path in (site.root / ".devserver" / "pids").iterdir()]


def test_connected_tests_get_redis_and_opa(site: "Site", opa: str) -> None:
    """Redis keeps nothing, is reached from this machine only, and is gone at the end."""
    done = site.run("test.sh", "-q", DYNAMODB_LOCAL_ENDPOINT="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed, 0 failed, 0 skipped" in done.stdout
    assert (site.root / "opa-of-tests").read_text() == opa
    arguments = (site.root / "redis-arguments").read_text()
    assert "--bind 127.0.0.1 --save  --appendonly no" in arguments
    assert not parts(site)


@pytest.mark.slow
@pytest.mark.usefixtures("opa", "tools")
def test_slow_tests_run_with_all_alone(site: "Site") -> None:
    """With pytest arguments there are tests and no other checks, in both tiers."""
    done = site.run("test.sh", "--all", "-q", DYNAMODB_LOCAL_ENDPOINT="")
    assert "3 passed, 0 failed, 0 skipped" in done.stdout
    assert checked(site) == []


@pytest.mark.usefixtures("tools")
def test_rooms_without_tests_are_checks_alone(site: "Site") -> None:
    """Each of their checks runs and is told; no service is started for them."""
    done = site.run("test.sh", "--only", "lint,types")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(checked(site)) == {*LINT, "mypy ", "pyright "}
    assert "--- pyright: passed" in done.stdout
    assert "==> starting" not in done.stdout


@pytest.mark.usefixtures("tools")
def test_a_failed_check_is_named_at_the_end(site: "Site") -> None:
    """The others run all the same."""
    (site.root / ".venv" / "bin" / "mypy").write_text("#!/bin/sh\necho no such type; exit 2\n")
    done = site.run("test.sh", "--only", "types")
    assert done.returncode == 1
    assert "no such type" in done.stdout
    assert "--- mypy: failed, exit code 2" in done.stdout
    assert "failed: mypy\n" in done.stderr
    assert checked(site) == ["pyright "]


@pytest.mark.slow
@pytest.mark.usefixtures("opa", "tools")
def test_a_room_has_its_own_tests_alone(site: "Site") -> None:
    """They are those of its folders."""
    folder = site.root / "tests" / "opa"
    folder.mkdir()
    (folder / "test_policy.py").write_text("def test_policy(): pass")
    site.program("getconf", "#!/bin/sh\necho 0\n")  # as many workers as cores, and one more
    done = site.run("test.sh", "--only", "policy", DYNAMODB_LOCAL_ENDPOINT="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed, 0 failed, 0 skipped" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "cellar"], "there is no room 'cellar'"),
        (["--only"], "--only names no room"),
        (["--only", "lint", "--changed"], "exclude each other"),
        (["--changed"], "no branch main"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_chosen_is_refused(site: "Site", words: list[str], said: str) -> None:
    """Exit 2 before anything runs, with what may be chosen."""
    done = site.run("test.sh", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "==>" not in done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("opa")
def test_an_option_that_pytest_does_not_know_is_refused(site: "Site") -> None:
    """What is no option of the script is one of pytest's, or none."""
    assert site.run("test.sh", "--fast", DYNAMODB_LOCAL_ENDPOINT="").returncode == 2


@pytest.mark.slow
@pytest.mark.usefixtures("tools")
def test_changed_files_choose_their_rooms(site: "Site") -> None:
    """Those of the branch since it left main, and new ones that are not committed."""

    def git(*words: str) -> None:
        person = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *person, *words], cwd=site.root, check=True, capture_output=True)

    (site.root / ".gitignore").write_text(".devserver\n.venv\nchecked\n__pycache__\n")
    git("init", "-b", "main")
    git("add", ".")
    git("commit", "-m", "first")
    assert "changed: nothing" in site.run("test.sh", "--changed").stdout
    git("switch", "-c", "work")
    (site.root / "tests" / "bench").mkdir(parents=True)
    (site.root / "tests" / "bench" / "engine.py").touch()
    assert "changed: lint\n" in site.run("test.sh", "--changed").stdout
    git("add", ".")
    git("commit", "-m", "second")
    done = site.run("test.sh", "--changed")
    assert "changed: lint\n" in done.stdout
    assert done.returncode == 0, done.stderr
    assert set(checked(site)) == LINT


@pytest.mark.slow
@pytest.mark.usefixtures("opa")
def test_an_absent_service_is_named(site: "Site") -> None:
    """Those that are there are used all the same; the words say how to have the absent one."""
    done = site.run("test.sh", "-q", DYNAMODB_LOCAL_ENDPOINT="")
    assert "skipped, as its service is missing: DynamoDB Local: install Java 17+" in done.stdout
    assert "missing: Redis" not in done.stdout
    assert "missing: opa" not in done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("opa")
def test_an_absent_service_fails_where_all_are_compulsory(site: "Site") -> None:
    """REQUIRE_CONNECTED=1 without one is exit 3, before any test, and leaves nothing running."""
    done = site.run("test.sh", "-q", DYNAMODB_LOCAL_ENDPOINT="", REQUIRE_CONNECTED="1")
    assert done.returncode == 3
    assert "install Java 17+" in done.stderr
    assert "install redis-server" not in done.stderr
    assert "passed" not in done.stdout
    assert not parts(site)


@pytest.mark.slow
@pytest.mark.usefixtures("opa")
def test_a_given_redis_that_is_silent_is_told_without_its_password(site: "Site") -> None:
    """REDIS_TEST_URL is used as it is; what does not answer is exit 6."""
    url = f"redis://:secret-word@127.0.0.1:{site.api_port}/0"
    done = site.run("test.sh", DYNAMODB_LOCAL_ENDPOINT="", REDIS_TEST_URL=url)
    assert done.returncode == 6
    assert "REDIS_TEST_URL" in done.stderr
    assert "secret-word" not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("opa")
def test_an_opa_of_another_version_is_refused(site: "Site") -> None:
    """OPA is taken or refused, never passed over."""
    other = site.program("other", "#!/bin/sh\necho 'Version: 0.1.0'\n")
    done = site.run("test.sh", DYNAMODB_LOCAL_ENDPOINT="", OPA=str(other))
    assert done.returncode == 3
    assert "which is not opa" in done.stderr
    assert not parts(site)


@pytest.mark.slow
@pytest.mark.usefixtures("opa")
def test_an_interrupted_run_ends_its_redis(site: "Site") -> None:
    """Ctrl-C while the tests run is exit 130, and no service is left."""
    with subprocess.Popen(
        site.command("test.sh", "-q"),
        env={**site.environment, "SLOWNESS": "60"},
        cwd=site.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        deadline = time.monotonic() + 40
        while not (site.root / "opa-of-tests").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert parts(site)
        os.killpg(run.pid, signal.SIGINT)
        assert run.wait(40) == 130
    assert not parts(site)
