"""`singletable snapshot` and `singletable diff`: files to commit, revisions, and exit codes."""

from __future__ import annotations

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from singletable.check.examples import EXAMPLES
from singletable.design.interchange import design_of
from singletable.evolve.snapshot import snapshot_text
from tests.singletable.cli.conftest import Run

DESIGN = "tests.singletable.library"
Json = dict[str, Any]
SHOP: Json = json.loads(json.dumps(EXAMPLES["unread-index"].keeps))


def written(folder: Path, name: str, data: object) -> str:
    path = folder / name
    path.write_text(json.dumps(data))
    return str(path)


@pytest.fixture
def old(tmp_path: Path) -> str:
    return written(tmp_path, "old.json", SHOP)


@pytest.fixture
def moved(tmp_path: Path) -> str:
    data = copy.deepcopy(SHOP)
    data["entities"][0]["keys"]["GSI1SK"] = "{customer}"
    return written(tmp_path, "new.json", data)


def test_a_snapshot_is_that_of_the_declarations(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    assert run("snapshot", "--output", str(path), design=DESIGN).code == 0
    assert run("snapshot", "--check", "--output", str(path), design=DESIGN).code == 0
    ran = run("diff", str(path), design=DESIGN)
    assert (ran.code, ran.out) == (0, "nothing differs\n")
    lines = path.read_text().splitlines()
    assert sum('"name":"Book"' in line for line in lines) == 1
    path.write_text(path.read_text().replace('"name":"Book"', '"name":"Books"'))
    assert run("snapshot", "--check", "--output", str(path), design=DESIGN).code == 1
    ran = run("diff", str(path), design=DESIGN)
    assert ran.code == 1
    assert "rewriting[entity-removed] Books: gone" in ran.out
    assert "free[entity-added] Book: new" in ran.out


def test_a_difference_says_what_it_means(run: Run, old: str, moved: str) -> None:
    ran = run("diff", old, moved, design=None)
    assert ran.code == 1
    assert "rewriting[index-key-template-changed] Order.GSI1: " in ran.out
    assert "  items: They have the old one." in ran.out
    assert ran.out.endswith("1 rewriting\n")
    [found] = run("diff", old, moved, "--json", design=None).data["differences"]
    assert (found["rule"], found["kind"]) == ("index-key-template-changed", "rewriting")
    assert found["items"]


@pytest.mark.parametrize(("least", "code"), [("index", 1), ("forbidden", 0), ("never", 0)])
def test_what_fails_is_chosen(run: Run, old: str, moved: str, least: str, code: int) -> None:
    assert run("diff", old, moved, "--fail-on", least, design=None).code == code


def test_a_revision_has_its_own_snapshot(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the project's folder, as it was committed."""
    (tmp_path / "pyproject.toml").write_text(f'[tool.singletable]\ndesign = "{DESIGN}"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))
    path = tmp_path / "design.snapshot.json"
    assert run("snapshot", design=None).code == 0

    def git(*words: str) -> None:
        own = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
        subprocess.run(["git", *own, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init")
    git("add", ".")
    git("commit", "-m", "Begin")
    assert run("diff", "git:HEAD", design=None).out == "nothing differs\n"
    path.write_text(path.read_text().replace('"name":"Book"', '"name":"Books"'))
    assert run("diff", "git:HEAD", design=None).code == 0
    assert run("diff", design=None).code == 1
    for wrong in ("git:", "git:--output=x", "git:nothing"):
        ran = run("diff", wrong, design=None)
        assert ran.code == 2
        assert "git" in ran.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is no JSON"),
        ('{"singletable_snapshot": 2, "design": {}}', "a snapshot of version 2, and 1 is read"),
        ('{"singletable_snapshot": 1, "design": {"tables": 3}}', "its design cannot be read"),
        ('{"singletable_snapshot": 1}', "its design cannot be read"),
        ("{}", "its keys are of none of"),
    ],
)
def test_what_is_no_design_is_refused(run: Run, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    ran = run("diff", str(path), str(path), design=None)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err


def _no_indexes(design: Json) -> None:
    design["tables"][0]["indexes"] = []


def _no_primary_index(design: Json) -> None:
    del design["tables"][0]["indexes"][0]


def _other_table(design: Json) -> None:
    design["entities"][0]["table"] = "nowhere"


def _no_primary_key(design: Json) -> None:
    del design["entities"][0]["keys"][0]


def _other_index(design: Json) -> None:
    design["entities"][0]["keys"][1]["index"] = "GSI9"


def _twice(kind: str) -> Callable[[Json], None]:
    return lambda design: design[kind].append(design[kind][0])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_no_indexes, "has no primary key before its other indexes"),
        (_no_primary_index, "has no primary key before its other indexes"),
        (_other_table, "Order is in the table nowhere, which is not there"),
        (_no_primary_key, "the entity Order has no primary key"),
        (_other_index, "the entity Order has a key on GSI9, which its table has not"),
        (_twice("tables"), "is there more than once"),
        (_twice("entities"), "Order is there more than once"),
        (_twice("patterns"), "is there more than once"),
    ],
)
def test_a_snapshot_that_contradicts_itself_is_refused(
    run: Run, tmp_path: Path, change: Callable[[Json], None], said: str
) -> None:
    data = json.loads(snapshot_text(design_of(SHOP)))
    path = tmp_path / "edited.json"
    path.write_text(json.dumps(data))
    assert run("diff", str(path), str(path), design=None).code == 0
    change(data["design"])
    path.write_text(json.dumps(data))
    ran = run("diff", str(path), str(path), design=None)
    assert ran.code == 2
    assert "invalid-design-file" in ran.err
    assert said in ran.err


def test_a_snapshot_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("diff", str(tmp_path / "none.json"), design=DESIGN)
    assert ran.code == 2
    assert "`singletable snapshot` writes the project's" in ran.err
