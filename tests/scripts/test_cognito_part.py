"""The embedded Cognito of the one command: what is told to whom, and what outlives what."""

import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Site

pytestmark = pytest.mark.slow


def test_the_api_is_told_the_pool_that_the_bootstrap_saved(site: "Site") -> None:
    """Settings are read as text, never run; the demo's people get the ids of the pool."""
    done = site.backend("up", COGNITO_CLIENT_SECRET="another pool's")
    assert done.returncode == 0, done.stderr
    assert "sign in     as ada@example.com" in done.stdout
    told = site.api_settings()
    assert told["COGNITO_USER_POOL_ID"] == "us-east-1_demo"
    assert told["COGNITO_CLIENT_ID"] == "$(touch sourced)"
    assert told["COGNITO_CLIENT_SECRET"] == ""
    assert told["COGNITO_ENDPOINT"] == f"http://127.0.0.1:{site.cognito_port}"
    assert told["S3_ENDPOINT"] == told["COGNITO_ENDPOINT"]
    assert told["MEDIA_BUCKET"] == "singletable-media-local"
    assert "uploads     singletable-media-local" in done.stdout
    assert not (site.root / "sourced").exists()
    assert site.bootstraps()[0].endswith(f"--accounts {site.root}/.devserver/cognito")


def test_a_killed_cognito_is_filled_anew_and_the_api_goes_on(site: "Site") -> None:
    """Its memory is gone, its pool comes back under the same id, and nobody else is disturbed."""
    site.backend("up").check_returncode()
    api = site.pid("api")
    assert site.pool_bootstraps() == 1
    os.kill(site.pid("cognito"), signal.SIGKILL)
    running = {"dynamodb": True, "cognito": False, "relay": True, "api": True, "worker": True}
    assert site.health() == running
    assert site.backend("up").returncode == 0
    assert (site.pid("api"), site.pool_bootstraps(), len(site.bootstraps())) == (api, 2, 1)
    assert site.health()["cognito"]


def test_an_api_that_was_told_another_pool_starts_again(site: "Site") -> None:
    """A changed design makes another pool, and the API must know its id."""
    site.backend("up").check_returncode()
    api = site.pid("api")
    os.kill(site.pid("cognito"), signal.SIGKILL)
    (site.root / "pool-name").write_text("us-east-1_other")
    done = site.backend("up")
    assert done.returncode == 0, done.stderr
    assert "told other settings (COGNITO_USER_POOL_ID); the data stays" in done.stdout
    assert site.pid("api") != api
    assert site.api_settings()["COGNITO_USER_POOL_ID"] == "us-east-1_other"


def test_a_given_pool_passes_through_and_nothing_is_started_for_it(site: "Site") -> None:
    """COGNITO_USER_POOL_ID leaves out the part; the other settings are the shell's own."""
    given = {"COGNITO_USER_POOL_ID": "eu-west-1_mine", "COGNITO_CLIENT_SECRET": "own"}
    done = site.backend("up", **given)
    assert done.returncode == 0, done.stderr
    assert "eu-west-1_mine  (given by COGNITO_USER_POOL_ID)" in done.stdout
    assert site.health() == {"dynamodb": True, "api": True}
    assert site.api_settings().items() >= given.items()
    assert "COGNITO_ENDPOINT" not in site.api_settings()
    assert "--accounts" not in site.bootstraps()[0]
    api = site.pid("api")
    assert site.backend("up").returncode == 0
    assert site.pid("api") == api


def test_another_pool_than_the_running_apis_is_refused(site: "Site") -> None:
    """While the stack runs it keeps its pool; the advice is an end."""
    site.backend("up").check_returncode()
    refused = site.backend("up", COGNITO_USER_POOL_ID="eu-west-1_mine")
    assert refused.returncode == 2
    assert "the embedded user pool, not with eu-west-1_mine" in refused.stderr
    assert "down, then up" in refused.stderr


def test_a_given_bucket_passes_through_and_none_is_made(site: "Site") -> None:
    """MEDIA_BUCKET and S3_ENDPOINT are the shell's; `up` repeats without them, not with another."""
    given = {"MEDIA_BUCKET": "mine", "S3_ENDPOINT": "http://127.0.0.1:9"}
    done = site.backend("up", **given)
    assert done.returncode == 0, done.stderr
    assert site.api_settings().items() >= given.items()
    assert "MEDIA_BUCKET" not in (site.root / ".devserver" / "cognito").read_text()
    api = site.pid("api")
    assert site.backend("up").returncode == 0
    assert (site.pid("api"), site.pool_bootstraps()) == (api, 1)
    refused = site.backend("up", MEDIA_BUCKET="another")
    assert refused.returncode == 2
    assert "the stack runs with mine, not with another" in refused.stderr


def test_an_api_without_the_bucket_starts_again(site: "Site") -> None:
    """What an earlier version of the stack left running knows of none: it is made, and told."""
    site.backend("up").check_returncode()
    api, saved = site.pid("api"), site.root / ".devserver" / "cognito"
    kept = [line for line in saved.read_text().splitlines() if "_BUCKET" not in line]
    saved.write_text("\n".join(kept))
    settings = site.root / ".devserver" / "settings"
    settings.write_text(settings.read_text().replace("singletable-media-local", ""))
    assert site.backend("up").returncode == 0
    assert (site.pid("api") != api, site.pool_bootstraps()) == (True, 2)
    assert site.api_settings()["MEDIA_BUCKET"] == "singletable-media-local"


def test_a_busy_port_is_named_before_anything_starts(site: "Site") -> None:
    """A foreign listener on Cognito's port is exit 4, unless a pool was given."""
    with socket.create_server(("127.0.0.1", site.cognito_port)):
        refused = site.backend("up")
        assert refused.returncode == 4
        assert f"port {site.cognito_port}, wanted for Cognito" in refused.stderr
        assert "COGNITO_PORT=" in refused.stderr
        assert not list((site.root / ".devserver" / "pids").iterdir())
        assert site.backend("up", COGNITO_USER_POOL_ID="eu-west-1_mine").returncode == 0


def test_cognito_shares_no_port(site: "Site") -> None:
    """Its port is its own, as every part's."""
    site.cognito_port = site.dynamodb_port
    refused = site.backend("up")
    assert refused.returncode == 2
    assert f"COGNITO_PORT is {site.dynamodb_port}" in refused.stderr


def test_a_pool_that_cannot_be_made_ends_up_with_its_log(site: "Site") -> None:
    """The bootstrap's own words are shown, and what was started is taken back."""
    failing = "import sys; sys.exit('no pool today')"
    (site.root / "scripts" / "cognito_local_bootstrap.py").write_text(failing)
    failed = site.backend("up")
    assert failed.returncode == 6
    assert "no pool today" in failed.stderr
    assert not list((site.root / ".devserver" / "pids").iterdir())


def test_the_worker_runs_beside_the_api_and_comes_back(site: "Site") -> None:
    """It is told the queue that the bootstrap made; killed, it is not healthy until the next up."""
    done = site.backend("up")
    assert done.returncode == 0, done.stderr
    assert "jobs        singletable-jobs-local" in done.stdout
    queue = f"http://127.0.0.1:{site.cognito_port}/1/singletable-jobs-local"
    assert site.api_settings()["JOBS_QUEUE_URL"] == queue
    assert queue in site.backend("logs", "worker").stdout
    os.kill(site.pid("worker"), signal.SIGKILL)
    assert site.health()["worker"] is False
    again = site.backend("up")
    assert again.returncode == 0, again.stderr
    assert site.health()["worker"] is True
    assert "worker runs already" in site.backend("up").stdout
    site.backend("down").check_returncode()
    assert not list((site.root / ".devserver" / "pids").iterdir())


def test_a_given_queue_passes_through_and_none_is_made(site: "Site") -> None:
    """JOBS_QUEUE_URL and SQS_ENDPOINT are the shell's; another than the running one is refused."""
    given = {"JOBS_QUEUE_URL": "http://127.0.0.1:9/1/mine", "SQS_ENDPOINT": "http://127.0.0.1:9"}
    done = site.backend("up", **given)
    assert done.returncode == 0, done.stderr
    assert site.api_settings().items() >= given.items()
    assert "JOBS_QUEUE_URL" not in (site.root / ".devserver" / "cognito").read_text()
    refused = site.backend("up", JOBS_QUEUE_URL="http://127.0.0.1:9/1/other")
    assert refused.returncode == 2
    assert "not with http://127.0.0.1:9/1/other" in refused.stderr


def test_with_a_given_pool_there_are_jobs_only_with_queue_and_bucket(site: "Site") -> None:
    """Otherwise the worker is left out, and the report says why."""
    pool = {"COGNITO_USER_POOL_ID": "eu-west-1_mine"}
    done = site.backend("up", **pool)
    assert "jobs        none" in done.stdout
    assert "worker" not in site.health()
    site.backend("down").check_returncode()
    given = {"JOBS_QUEUE_URL": "http://127.0.0.1:9/1/mine", "MEDIA_BUCKET": "mine"}
    assert site.backend("up", **pool, **given).returncode == 0
    assert site.health()["worker"] is True
