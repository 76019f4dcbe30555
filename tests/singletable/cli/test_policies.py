"""`singletable policy`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.singletable.cli.conftest import Run

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/dev"
SETTINGS = """
[tool.singletable]
design = "tests.singletable.library"
callers = "tests.singletable.library.callers:callers"

[tool.singletable.functions]
api = ["callers", "dynamodb:DescribeTable"]
reader = ["books.by_id", "members.*"]
nightly = ["callers:the nightly *"]
nobody = ["callers:DELETE *"]
watch = ["dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"]
idle = []
odd = ["dynamodb:Scan"]
wrong = ["book.*"]
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with functions; commands run in it."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_policy_of_patterns_is_a_document(run: Run) -> None:
    """Names and globs; the table under its declared name, or as an ARN says."""
    document = run("policy", "--patterns", "books.by_id,books.cri*").data
    assert document["Version"] == "2012-10-17"
    assert [each["Sid"] for each in document["Statement"]] == ["BooksById", "BooksCrime"]
    assert document["Statement"][0]["Resource"] == ["arn:aws:dynamodb:*:*:table/library"]
    named = run("policy", "--patterns", "books.crime", "--table-arn", ARN).data
    assert named["Statement"][0]["Resource"] == [f"{ARN}/index/GSI1"]


def test_a_function_asks_what_the_settings_say(run: Run, project: Path) -> None:
    """`callers` are the patterns that somebody asks, `callers:GLOB` those that someone of a caption
    asks; actions on the table stand for themselves."""
    made = run("policy", "--function", "api", design=None).data["Statement"]
    assert [each["Sid"] for each in made] == ["BooksByIdAndBooksAdd", "Table"]
    assert made[1]["Action"] == ["dynamodb:DescribeTable"]
    (nightly,) = run("policy", "--function", "nightly", design=None).data["Statement"]
    assert nightly["Sid"] == "BooksById"
    reader = run("policy", "--function", "reader", design=None).data["Statement"]
    assert reader[0]["Sid"] == "BooksById"
    (watch,) = run("policy", "--function", "watch", design=None).data["Statement"]
    assert watch["Action"] == ["dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive"]


def test_statements_are_printed_for_templates(run: Run) -> None:
    """Of a resource of the same template, unless another expression is given."""
    words = ("policy", "--patterns", "books.by_id", "--format", "cloudformation")
    assert "  Resource:\n    - !GetAtt Table.Arn\n" in run(*words).out
    assert "    - !Ref Arn\n" in run(*words, "--table-arn", "!Ref Arn").out
    (statement,) = yaml.safe_load(run(*words, "--table-arn", ARN).out)
    assert statement["Resource"] == [ARN]


def test_it_is_spliced_into_a_template_and_checked(run: Run, project: Path) -> None:
    """Each function between markers of its own name."""
    file = project / "template.yaml"
    file.write_text(
        "Statement:\n  # singletable:policy api begin\n  # singletable:policy api end\n"
    )
    words = ("policy", "--function", "api", "--format", "cloudformation")
    assert "written" in run(*words, "--write", "template.yaml", design=None).out
    assert "  - Sid: BooksByIdAndBooksAdd\n" in file.read_text()
    assert run(*words, "--check=template.yaml", design=None).code == 0
    file.write_text(file.read_text().replace("BOOK#*", "*"))
    stale = run(*words, "--check=template.yaml", design=None)
    assert stale.code == 1
    assert "-          - *\n+          - BOOK#*\n" in stale.out
    assert "--format cloudformation --write=template.yaml" in stale.out


def test_a_policy_that_iam_would_refuse_fails(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how much it is too large, and what to do about it."""
    monkeypatch.setattr("singletable.cli.policies.MANAGED", 300)
    assert run("policy", "--patterns", "books.*").code == 0
    ran = run("policy", "--patterns", "books.*", "--managed")
    assert (ran.code, ran.out) == (1, "")
    assert "characters; IAM takes 300" in ran.err
    assert "what to do: Split the function" in ran.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--function", "apo"], "[tool.singletable.functions] has no 'apo'; did you mean api?"),
        (["--function", "idle"], "idle asks nothing, so there is nothing to allow"),
        (["--function", "odd"], "dynamodb:Scan is not for a function to have by name"),
        (["--function", "nobody"], "no caller of a pattern is 'DELETE *'"),
        (["--function", "wrong"], "no pattern is 'book.*'; did you mean books."),
        (["--patterns", "books.by_idd"], "no pattern is 'books.by_idd'; did you mean books.by_id"),
        (["--patterns", ""], "no pattern is ''; there are: books.by_id"),
        (["--patterns", "books.crime", "--write", "x"], "files hold policies of a --function"),
        (["--function", "reader", "--check", "x"], "in --format cloudformation"),
        (
            ["--patterns", "books.crime", "--table-arn", "!Ref A"],
            "it goes with --format cloudformation",
        ),
        (["--patterns", "books.crime", "--table-arn", "dev"], "dev is no table's"),
        (
            [
                "--patterns",
                "books.crime",
                "--format",
                "cloudformation",
                "--table-arn",
                "!ImportValue A",
            ],
            "--table-arn: !ImportValue A is neither !GetAtt, !Ref nor !Sub",
        ),
        ([], "one of the arguments --patterns --function is required"),
        (["--patterns", "a", "--function", "b"], "not allowed with argument"),
    ],
)
def test_wrong_usage_says_what_is_right(
    run: Run, project: Path, words: list[str], problem: str
) -> None:
    """Exit code 2; nothing on the output, nothing ignored."""
    ran = run("policy", *words, design=None)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err


def test_another_design_has_no_functions(run: Run, project: Path) -> None:
    """The settings are about their own; without callers `callers` means nothing."""
    ran = run("policy", "--function", "api", design="tests.singletable.library.asked")
    assert "[tool.singletable.functions] has no 'api'; there are none" in ran.err
    ran = run("policy", "--patterns", "callers", design="tests.singletable.library.asked")
    assert "'callers' needs `callers` in [tool.singletable]" in ran.err


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_policy_is_the_same_in_every_process(run: Run, seed: str) -> None:
    """However a process orders its sets."""
    words = ("policy", "--patterns", "*", "--design", "tests.singletable.library")
    ran = subprocess.run(
        [sys.executable, "-m", "singletable", *words],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == run("policy", "--patterns", "*").out
