"""The shared making of .venv: when it is believed, when it is made again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Site

INSTALLED = "is_installed {} && echo yes || echo no"


def test_a_stamp_is_believed_until_a_lock_changes(site: "Site") -> None:
    """The dev environment serves the local stack too; any changed lock outdates both."""
    assert site.shell(INSTALLED.format("dev")).stdout == "yes\n"
    assert site.shell(INSTALLED.format("local")).stdout == "yes\n"
    with (site.root / "locks" / "local.txt").open("a") as lock:
        lock.write("# changed\n")
    assert site.shell(INSTALLED.format("local")).stdout == "no\n"


def test_a_local_environment_does_not_pass_as_dev(site: "Site") -> None:
    """The dev lock holds more than the local one."""
    assert site.shell("write_stamp local; " + INSTALLED.format("dev")).stdout == "no\n"


def test_an_interrupted_install_is_done_again(site: "Site") -> None:
    """The stamp is gone while pip works and comes back only after it succeeded."""
    pip = site.root / ".venv" / "bin" / "python"
    real = pip.read_text()
    pip.write_text(real.replace("exec", '[ "$2 $5" = "pip --quiet" ] && exit 1\nexec'))
    (site.root / ".venv" / ".installed").write_text("old local\n")
    result = site.shell("ensure_environment local")
    assert result.returncode == 5
    assert "locks/local.txt could not be installed" in result.stderr
    assert not (site.root / ".venv" / ".installed").exists()
    pip.write_text(real.replace("exec", '[ "$2 $5" = "pip --quiet" ] && exit 0\nexec'))
    assert site.shell("ensure_environment local").returncode == 0
    assert site.shell(INSTALLED.format("local")).stdout == "yes\n"


def test_without_a_suitable_python_the_scripts_say_so(site: "Site") -> None:
    """No Python 3.11+ is exit 3, with what to install."""
    for name in ("python", "python3", *(f"python3.{minor}" for minor in range(11, 15))):
        site.program(name, "#!/bin/sh\nexit 1\n")
    result = site.backend("up", PYTHON="")
    assert result.returncode == 3
    assert "no Python 3.11 or newer" in result.stderr
    assert "python3-venv" in result.stderr
