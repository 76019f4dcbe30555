"""The relay of the one command: whom it tells, and what it leaves alone."""

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Site

pytestmark = pytest.mark.slow


def test_the_relay_is_told_the_topic_that_the_bootstrap_saved(site: "Site") -> None:
    """It and the API know the same; a second `up` starts it again only where it ended."""
    done = site.backend("up", LOG_LEVEL="ERROR")
    assert done.returncode == 0, done.stderr
    assert "events      singletable-events-local" in done.stdout
    shows = f"scripts/events_local.py --endpoint http://127.0.0.1:{site.cognito_port} shows them"
    assert shows in done.stdout
    told = site.relay_settings()
    assert told["EVENTS_TOPIC_ARN"] == "arn:singletable-events-local"
    assert told["SNS_ENDPOINT"] == f"http://127.0.0.1:{site.cognito_port}"
    assert told["LOG_LEVEL"] == "INFO"
    assert site.api_settings()["EVENTS_TOPIC_ARN"] == told["EVENTS_TOPIC_ARN"]
    relay, api = site.pid("relay"), site.pid("api")
    os.kill(relay, signal.SIGKILL)
    assert site.health()["relay"] is False
    again = site.backend("up")
    assert again.returncode == 0, again.stderr
    assert "starting relay\n" in again.stdout
    assert (site.pid("relay") != relay, site.pid("api")) == (True, api)
    assert "relay      pid" in site.backend("status").stdout
    assert site.backend("down").returncode == 0
    assert not list((site.root / ".devserver" / "pids").iterdir())


def test_a_relay_that_ends_while_starting_shows_its_log(site: "Site") -> None:
    """As every part's: exit 6, and what was started is taken back."""
    (site.root / "app" / "relay.py").write_text("raise SystemExit('nobody to tell')")
    failed = site.backend("up")
    assert failed.returncode == 6
    assert "nobody to tell" in failed.stderr
    assert not list((site.root / ".devserver" / "pids").iterdir())


def test_a_given_topic_passes_through_and_none_is_made(site: "Site") -> None:
    """EVENTS_TOPIC_ARN and SNS_ENDPOINT are the shell's; another topic wants a restart."""
    given = {"EVENTS_TOPIC_ARN": "arn:mine", "SNS_ENDPOINT": "http://127.0.0.1:9"}
    done = site.backend("up", **given)
    assert done.returncode == 0, done.stderr
    assert site.relay_settings().items() >= given.items()
    assert "EVENTS_TOPIC_ARN" not in (site.root / ".devserver" / "cognito").read_text()
    refused = site.backend("up", EVENTS_TOPIC_ARN="arn:another")
    assert refused.returncode == 2
    assert "the stack runs with arn:mine, not with arn:another" in refused.stderr


def test_without_a_moto_there_is_no_topic_and_no_relay(site: "Site") -> None:
    """Where the user pool is given; a given topic brings the relay back."""
    pool = {"COGNITO_USER_POOL_ID": "eu-west-1_mine", "COGNITO_CLIENT_SECRET": "own"}
    done = site.backend("up", **pool)
    assert done.returncode == 0, done.stderr
    assert "the relay is skipped" in done.stdout
    assert site.health() == {"dynamodb": True, "api": True}
    site.backend("down").check_returncode()
    assert site.backend("up", EVENTS_TOPIC_ARN="arn:mine", **pool).returncode == 0
    assert site.health() == {"dynamodb": True, "relay": True, "api": True}


def test_events_are_looked_for_where_the_stack_is(site: "Site") -> None:
    """The hint has an option where the port is not the usual one; or it takes COGNITO_PORT."""
    command = site.shell("events_command", COGNITO_PORT="8002").stdout
    assert command == "scripts/events_local.py\n"
    told = subprocess.run(
        [sys.executable, site.root / "scripts" / "events_local.py", "--help"],
        env={**site.environment, "COGNITO_PORT": "8112"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "http://127.0.0.1:8112;" in told.stdout
