"""A stack for one command: beside others, told to the command, and gone with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Site

pytestmark = pytest.mark.slow

TELL = 'echo "$API_URL"; echo "$SINGLETABLE_DEV_DIR"; ls "$SINGLETABLE_DEV_DIR/pids"; exit 7'


def listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_command_has_a_stack_and_leaves_none(site: Site) -> None:
    """It is told the API's address and the parts' pids; its exit code is the script's."""
    done = site.run("with_stack.sh", "bash", "-c", TELL)
    assert done.returncode == 7, done.stderr
    url, folder, *parts = done.stdout.splitlines()
    assert parts == ["api.pid", "cognito.pid", "dynamodb.pid", "relay.pid", "worker.pid"]
    assert not listening(int(url.rpartition(":")[2]))
    assert not Path(folder).exists()
    assert "starting a stack" in done.stderr


def test_a_stack_that_runs_already_is_left_alone(site: Site) -> None:
    """Other ports, other pids, other state; and it never asks Docker."""
    assert site.backend("up").returncode == 0
    before = site.pid("api")
    site.program("docker", f"#!/bin/sh\ntouch {site.root}/asked\nexit 1\n")
    ask = 'cat "$SINGLETABLE_DEV_DIR/pids/api.pid"'
    done = site.run("with_stack.sh", "bash", "-c", ask)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.splitlines()[-1].split()[0]) != before
    assert all(site.health().values())
    assert not (site.root / "asked").exists()


def test_an_interrupt_is_the_commands_to_answer(site: Site) -> None:
    """It ends in its own way, and then the stack does."""
    polite = f"""import pathlib, os, signal, sys, time
def end(*_): sys.exit(3)
signal.signal(signal.SIGINT, end)
pathlib.Path("{site.root}/url").write_text(os.environ["API_URL"])
time.sleep(30)"""
    with subprocess.Popen(
        site.command("with_stack.sh", f"{site.root}/.venv/bin/python", "-c", polite),
        env=site.environment,
        cwd=site.root,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + 30
        while not (site.root / "url").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.2)
        os.killpg(running.pid, signal.SIGINT)
        assert running.wait(timeout=30) == 3
    assert not listening(int((site.root / "url").read_text().rpartition(":")[2]))


def test_a_stack_that_does_not_start_is_told(site: Site) -> None:
    """Exit 6 with its last words, and nothing left behind."""
    (site.root / "app" / "main.py").write_text("raise SystemExit('no such app')")
    done = site.run("with_stack.sh", "true")
    assert done.returncode == 6
    assert "api ended while it started" in done.stderr


def test_a_load_on_another_machine_is_refused(site: Site) -> None:
    """It writes and deletes: exit 2, before anything is asked."""
    command = [site.root / ".venv/bin/python", "-m", "scripts.load"]
    for url in ("https://example.com", "http://localhost.example.com", ""):
        done = subprocess.run(
            [*command, "--url", url], cwd=site.root, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "is not on this machine" in done.stderr


def test_a_load_with_wrong_options_starts_no_stack(site: Site) -> None:
    """Exit 2, with the way to help."""
    done = site.run("load.sh", "--disturb", "foo")
    assert done.returncode == 2
    assert "'foo'" in done.stderr
    assert "fix: see scripts/load.sh --help" in done.stderr
    assert "starting" not in done.stdout + done.stderr


def test_a_load_keeps_standard_output_for_its_report(site: Site) -> None:
    """What is started is told beside it: a program that reads JSON meets nothing else."""
    (site.root / "scripts" / "load" / "__main__.py").write_text("print('{}')")
    done = site.run("load.sh", "--json")
    assert done.stdout == "{}\n", done.stderr
    assert "starting a stack" in done.stderr
