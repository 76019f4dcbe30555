"""The entrance: exit codes, errors as text, cheap imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import singletable
from singletable.cli.parser import COMMANDS
from singletable.cli.usage import CommandError
from singletable.emit.docs.addresses import error_address
from tests.singletable.cli.conftest import DESIGN, Run

SILENT = [("patterns",), ("table",), ("explain", "books.crime"), ("policy", "--patterns", "*")]


def process(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "singletable", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_every_command_has_help_with_examples(run: Run, command: str) -> None:
    """What it does, its options, how it is used."""
    ran = run(command, "--help", design=None)
    assert ran.code == 0
    assert "examples:\n  singletable " + command in ran.out


def test_the_module_can_be_run() -> None:
    """`python -m singletable`, as a process of its own."""
    ran = process("patterns", "--design", DESIGN)
    assert ran.returncode == 0
    assert ran.stdout.startswith("books.by_id ")
    assert ran.stderr == ""


def test_the_version_is_printed(run: Run) -> None:
    """The package's own."""
    ran = run("--version", design=None)
    assert (ran.code, ran.out) == (0, f"singletable {singletable.__version__}\n")


def test_no_command_and_unknown_commands_are_wrong_usage() -> None:
    """The commands there are stand in the message."""
    assert process().returncode == 2
    unknown = process("patern")
    assert unknown.returncode == 2
    assert "patterns" in unknown.stderr


def test_a_design_must_be_named_somewhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the command line or in pyproject.toml."""
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    ran = run("patterns", design=None)
    assert ran.code == 2
    assert "--design MODULE" in ran.err
    assert "[tool.singletable]" in ran.err


def test_a_design_that_is_not_there_is_wrong_usage(run: Run) -> None:
    """The message says where it was looked for."""
    ran = run("patterns", design="no_such_design")
    assert ran.code == 2
    assert "[design-not-found] no_such_design: there is no module no_such_design" in ran.err


@pytest.mark.parametrize("design", ["../x", ":chat", ".chat", "chat."])
def test_a_design_is_named_by_a_module(run: Run, design: str) -> None:
    """A path is none."""
    ran = run("patterns", design=design)
    assert ran.code == 2
    assert "it is no module's name. Allowed: `package.module`" in ran.err


def test_a_contradictory_design_is_told_without_a_traceback(tmp_path: Path) -> None:
    """Its slug, where and what, why, and what to do; exit code 2."""
    (tmp_path / "pyproject.toml").write_text('[tool.singletable]\ndesign = "wrong"\n')
    (tmp_path / "wrong.py").write_text(
        "from singletable import Entity, Table\n"
        "table = Table('wrong')\n"
        "class A(Entity, table=table):\n"
        "    '''An A.'''\n"
        "    key = table.primary.key('A#{a_id}', 'A')\n"
    )
    ran = process("patterns", cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith("singletable: [unknown-template-field] A.key: ")
    assert f"\n  where: {tmp_path / 'wrong.py'}:3\n  why: " in ran.stderr
    assert "\n  what to do: Use a field of the entity, or add the field.\n" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_error_says_its_slug_and_its_page(run: Run) -> None:
    """Each of them is a part of a page that there is."""
    page = (Path(__file__).parents[3] / "docs" / "errors.md").read_text()
    for words, slug in {
        ("patern",): "wrong-usage",
        ("explain",): "wrong-usage",
        ("check", "none.json"): "invalid-design-file",
        ("create", "--endpoint", "http://127.0.0.1:9"): "not-asked",
    }.items():
        ran = run(*words, design=None if "check" in words else DESIGN)
        assert ran.err.startswith(f"singletable: [{slug}] ")
        assert ran.err.endswith(f"\n  see: {error_address(slug)}\n")
        assert f"\n### {slug}\n" in page


def test_every_error_of_the_command_line_has_a_part_of_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "errors.md").read_text()
    for each in CommandError.__subclasses__():
        assert f"\n### {each.slug}\n" in page


@pytest.mark.parametrize(
    ("words", "code", "slug"),
    [
        (("check", "none.json", "--json"), 2, "invalid-design-file"),
        (("patern", "--json"), 2, "wrong-usage"),
        (("check", "--json", "--select", "none"), 2, "wrong-usage"),
        (("check", "--json", "--fail-on", "none"), 2, "wrong-usage"),
        (("cost", "--json", "--volumes", "none.toml"), 2, "invalid-figures"),
        (("check", "--items", "none.json", "--json"), 2, "wrong-usage"),
        (("drift", "--json", "--endpoint", "http://127.0.0.1:9"), 3, "not-asked"),
    ],
)
def test_with_json_an_error_is_json(run: Run, words: tuple[str, ...], code: int, slug: str) -> None:
    """On the output, and nothing else anywhere."""
    ran = run(*words, design=None if "none.json" in words[:2] else DESIGN)
    assert (ran.code, ran.err) == (code, "")
    error = ran.data["error"]
    assert error["slug"] == slug
    assert error["page"] == error_address(slug)
    assert all(error[name] for name in ("message", "why", "remedy"))


def test_what_the_system_refuses_is_an_error_like_others(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the file that it is about."""

    def refuse(_: object) -> int:
        raise PermissionError(13, "Permission denied", "model.py")

    monkeypatch.setattr("singletable.cli.project.Project.design", refuse)
    ran = run("patterns")
    assert (ran.code, ran.err.splitlines()[0]) == (
        2,
        "singletable: [file-failed] Permission denied: model.py",
    )
    monkeypatch.setattr("singletable.cli.project.Project.tables", property(refuse))
    ran = run("drift", "--json")
    assert (ran.code, ran.err, ran.data["error"]["slug"]) == (2, "", "file-failed")


def test_an_interruption_leaves_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as shells have it."""

    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("singletable.cli.project.Project.design", interrupt)
    ran = run("patterns")
    assert (ran.code, ran.out, ran.err) == (130, "", "singletable: interrupted\n")


def test_a_reader_may_leave_early() -> None:
    """`| head -1` neither fails nor leaves a traceback."""
    words = ["-m", "singletable", "patterns", "--json", "--design", DESIGN]
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        assert listing.stdout.readline() == "[\n"
        listing.stdout.close()
        assert listing.stderr.read() == ""
        assert listing.wait() == 0


@pytest.mark.parametrize("words", SILENT)
def test_no_sdk_is_loaded_without_run(words: tuple[str, ...]) -> None:
    """boto3 alone would take longer than the rest."""
    code = (
        "import sys; from singletable.cli.main import main;"
        f"code = main({[*words, '--design', DESIGN]!r});"
        "loaded = {'boto3', 'botocore', 'moto'} & set(sys.modules);"
        "sys.exit(str(loaded) if loaded else code)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
