"""A part is out for the middle third, and always comes back; memory is what the system says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.load.disturbance import Disturbance, in_thirds
from scripts.load.memory import Memory, resident_mb
from scripts.load.stack import Stack


@pytest.fixture
def part() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def state(pid: int) -> str:
    """The last change that its parent can see: `stopped`, `goes on`, or none."""
    _, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
    return "stopped" if os.WIFSTOPPED(status) else "goes on" if os.WIFCONTINUED(status) else ""


def settled(pid: int, wanted: str) -> bool:
    """Waits for a change: signals arrive when they do."""
    return any(state(pid) == wanted for _ in range(100_000))


def test_the_part_is_out_for_the_middle_third(part: subprocess.Popen[bytes]) -> None:
    """Phases have names, and a third of the time each."""
    told: list[object] = []

    def wait(seconds: float) -> None:
        told.append(seconds)
        if len(told) == 4:
            assert settled(part.pid, "stopped")

    in_thirds(3.0, Disturbance("redis", part.pid), wait, told.append)
    assert told == ["before", 1.0, "without redis", 1.0, "after", 1.0]
    assert settled(part.pid, "goes on")


def test_an_interrupted_load_puts_the_part_back(part: subprocess.Popen[bytes]) -> None:
    """A stopped process could not even be ended politely."""
    with pytest.raises(KeyboardInterrupt), Disturbance("redis", part.pid).pulled_out():
        assert settled(part.pid, "stopped")
        raise KeyboardInterrupt
    assert settled(part.pid, "goes on")


def test_parts_are_found_by_the_names_of_their_pid_files(tmp_path: Path) -> None:
    """Redis has its port in the name; what has no file, or no folder, is not ours."""
    (tmp_path / "pids").mkdir()
    (tmp_path / "pids" / "redis-6379.pid").write_text("42 1 6379")
    assert Stack(tmp_path).pid("redis") == 42
    assert Stack(tmp_path).pid("dynamodb") is None
    assert Stack(None).pid("redis") is None


def test_a_living_process_holds_memory() -> None:
    """This one more than a mebibyte, and less than a machine; one that is gone, none."""
    own = resident_mb(os.getpid())
    assert own is not None
    assert 1 < own < 100_000
    assert resident_mb(2**22 + 1) is None


def test_memory_is_flat_up_to_its_bound() -> None:
    """Growth is from the start to the end; shrinking is none."""
    assert Memory(100, 140, 132).is_flat(32)
    assert not Memory(100, 100, 132.1).is_flat(32)
    assert Memory(100, 90, 80).is_flat(0)
