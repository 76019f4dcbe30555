"""aiobotocore pins an older botocore than ours, so it is tested in a process with its own packages.

There the tests of the boto3 transport run again, over sockets, through `aiobotocore_transport`.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.backends import COMPULSORY

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "locks" / "aiobotocore.txt"
UV = Path(sys.executable).with_name("uv")
SPOILT = "tests/singletable/delivery/test_spoilt_requests.py"
LOSING = "tests/singletable/delivery/test_losing_network.py"
AGAIN = [
    "tests/foreign/aiobotocore_cases.py",
    "tests/singletable/delivery/test_foreign.py",
    f"{SPOILT}::test_what_does_not_pass_is_one_error_in_bounded_attempts",
    "tests/singletable/delivery/test_left_for_ever.py",
    f"{LOSING}::test_no_refusal_is_false_and_nothing_doubled[memory-1000-3]",
    "tests/singletable/behaviour/test_faults.py",
]
OF_BOTO3_ALONE = "what_the_client_raises or no_client or no_credentials or moto"
"""They replace parts of a boto3 client, or have none of the credentials that the plugin gives."""


@pytest.fixture(scope="module")
def packages() -> Path:
    """The folder of aiobotocore and what it needs, as locked; skips the test without them."""
    folder = ROOT / ".devserver" / f"aiobotocore-{sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    folder.parent.mkdir(exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several pytest workers one installs
        if not (folder / ".installed").exists():
            _install(folder)
    return folder


def _install(folder: Path) -> None:
    command = [str(UV), "pip", "install", "--require-hashes", "--requirement", str(LOCK)]
    command += ["--python", sys.executable, "--target", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        (folder / ".installed").touch()
        return
    reason = f"{LOCK} could not be installed: {done.stderr}"
    (pytest.fail if os.environ.get(COMPULSORY) == "1" else pytest.skip)(reason)


def test_what_holds_over_boto3_holds_over_aiobotocore(packages: Path) -> None:
    """Retries, lost answers, corrupt bodies, errors; and what is asynchronous about it."""
    plugin = ["--all", "-p", "tests.foreign.aiobotocore_transport", "-n", "0"]
    chosen = ["-q", "-m", "not connected", "-k", f"not ({OF_BOTO3_ALONE})", *AGAIN]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(ROOT)])}
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        del environment[name]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, *chosen],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
