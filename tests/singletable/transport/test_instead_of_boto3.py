"""Tests of boto3's transport run again through the lean ones: faults, losses, spoilt answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
DELIVERY = "tests/singletable/delivery"
AGAIN = [
    f"{DELIVERY}/test_foreign.py",
    f"{DELIVERY}/test_spoilt_requests.py",
    f"{DELIVERY}/test_left_for_ever.py",
    f"{DELIVERY}/test_losing_market.py",
    f"{DELIVERY}/test_losing_network.py::test_no_refusal_is_false_and_nothing_doubled[memory-1000-3]",
    f"{DELIVERY}/test_losing_network.py::test_no_refusal_is_false_and_nothing_doubled[memory-1000-1]",
    "tests/singletable/behaviour/test_faults.py",
]
FORKS = f"{DELIVERY}/test_forks.py::test_children_and_parent_get_their_own_answers"
OF_BOTO3_ALONE = (
    "what_the_client_raises or no_client or no_credentials or client_refuses_is_no_outage"
    " or (cannot_be_read and text) or moto"
)
"""They replace parts of a client, or are about what botocore checks: parameters, before they are
sent, and the attribute values of an answer, which are the codec's to check here."""


@pytest.mark.parametrize("kind", ["blocking", "async"])
def test_what_holds_over_boto3_holds_without_it(kind: str) -> None:
    """Retries, lost answers, corrupt bodies, errors; and forks, where no other thread is needed."""
    plugin = ["--all", "-p", "tests.singletable.transport.instead_of_boto3", "-n", "0"]
    chosen = ["-q", "-m", "not connected", "-k", f"not ({OF_BOTO3_ALONE})", *AGAIN]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *chosen, *([FORKS] if kind != "async" else [])],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT), "LEAN": kind},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
