"""Facts about the files of the operational room that no run would show."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
SCRIPTS = sorted(REPOSITORY.glob("scripts/**/*.sh"))
COMMANDS = sorted(REPOSITORY.glob("scripts/*.sh"))
LOCKS = sorted(REPOSITORY.glob("locks/*.txt"))


@pytest.mark.parametrize(
    "script", [*SCRIPTS, REPOSITORY / ".ci" / "run"], ids=lambda path: path.name
)
def test_scripts_are_valid_bash(script: Path) -> None:
    """bash parses every script."""
    subprocess.run(["bash", "-n", str(script)], check=True)


@pytest.mark.parametrize("script", COMMANDS, ids=lambda path: path.name)
def test_commands_explain_themselves(script: Path) -> None:
    """--help prints the usage, changes nothing and succeeds."""
    result = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    assert result.stdout.startswith(f"usage: scripts/{script.name}")


@pytest.mark.parametrize("script", ["run_backend_local.sh", "dynamodb_local.sh"])
def test_unknown_words_are_refused(script: str) -> None:
    """A word that a script does not know is exit 2, and so is none at all."""
    for words in (["destroy"], []):
        command = [REPOSITORY / "scripts" / script, *words]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 2
        assert "--help" in result.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_stay_short(path: Path) -> None:
    """A script is one idea, in at most 150 lines."""
    assert len(path.read_text().splitlines()) <= 150


def service() -> dict[str, object]:
    compose = yaml.safe_load((REPOSITORY / "sam/local/docker-compose.dynamodb.yml").read_text())
    only: dict[str, object] = compose["services"]["dynamodb"]
    return only


def test_the_container_is_reached_from_this_machine_only() -> None:
    """The published port is bound to the loopback address, 8000 by default."""
    assert service()["ports"] == ["127.0.0.1:${DYNAMODB_PORT:-8000}:8000"]


def test_the_container_and_the_jar_are_one_version() -> None:
    """Image tag and Maven version are pinned, and the same."""
    pom = (REPOSITORY / "scripts/dynamodb-local/pom.xml").read_text()
    version = re.search(r"<dynamodb-local.version>(3\.\d+\.\d+)<", pom)
    assert version
    assert service()["image"] == f"amazon/dynamodb-local:{version[1]}"


def test_the_container_and_the_jar_take_the_same_flags() -> None:
    """What passes on one passes on the other."""
    command = service()["command"]
    assert isinstance(command, list)
    start = (REPOSITORY / "scripts/lib/java.sh").read_text()
    assert command[:3] == ["-jar", "DynamoDBLocal.jar", "-inMemory"]
    assert f"{' '.join(command[3:])} -port" in start
    assert '"$PORT" -inMemory' in (REPOSITORY / "scripts/dynamodb_local.sh").read_text()


def test_the_container_tells_when_it_is_healthy() -> None:
    """There is a health check, with an end."""
    healthcheck = service()["healthcheck"]
    assert isinstance(healthcheck, dict)
    assert {"test", "interval", "timeout", "retries"} <= healthcheck.keys()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_name_no_registry(lock: Path) -> None:
    """A lock installs from any index: it holds no address and no index option."""
    text = lock.read_text()
    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_locks_pin_and_hash_every_requirement(lock: Path) -> None:
    """Each entry is one exact version with at least one SHA-256."""
    entries = re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    for entry in filter(None, entries.splitlines()):
        assert re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry), entry


def test_the_local_lock_is_part_of_the_dev_lock() -> None:
    """An environment made from the dev lock serves the local stack without another install."""
    pin = re.compile(r"^([a-z0-9._-]+==\S+)", re.MULTILINE)
    dev, local = (
        set(pin.findall((REPOSITORY / "locks" / f"{n}.txt").read_text())) for n in ("dev", "local")
    )
    assert local <= dev


def test_the_pom_pins_every_version() -> None:
    """No range and no LATEST: a download today is a download tomorrow."""
    pom = (REPOSITORY / "scripts/dynamodb-local/pom.xml").read_text()
    for version in re.findall(r"<(?:\S*\.)?version>([^<\s]+)<", pom):
        assert re.fullmatch(r"[\d.]+|\$\{dynamodb-local\.version\}", version)


def test_the_contracts_of_the_floors_name_every_floor() -> None:
    """import-linter holds app above access_patterns above model above singletable."""
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert contracts["contracts"][0]["layers"] == ["app", "access_patterns", "model", "singletable"]
