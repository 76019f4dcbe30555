"""`singletable table`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.singletable.cli.conftest import Run

CLOUDFORMATION = ("table", "--format", "cloudformation")
TERRAFORM = ("table", "--format", "terraform")
MARKED = "Resources:\n  # singletable:table begin\n  # singletable:table end\n"


def test_the_table_is_what_create_table_takes(run: Run) -> None:
    """Under the declared name or another, with nothing that was not asked for."""
    created = run("table").data
    assert created["TableName"] == "library"
    assert [index["IndexName"] for index in created["GlobalSecondaryIndexes"]] == ["GSI1", "GSI2"]
    assert not {"StreamSpecification", "DeletionProtectionEnabled"} & set(created)
    assert run("table", "--name", "library-dev").data["TableName"] == "library-dev"


def test_create_table_takes_options_too(run: Run) -> None:
    """Those that it knows."""
    created = run("table", "--stream", "NEW_IMAGE", "--protection", "on", "--units", "2,3").data
    assert created["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert created["DeletionProtectionEnabled"] is True
    assert created["BillingMode"] == "PROVISIONED"
    assert created["ProvisionedThroughput"] == {"ReadCapacityUnits": 2, "WriteCapacityUnits": 3}


def test_time_to_live_is_a_request_of_its_own(run: Run) -> None:
    """CreateTable cannot set it."""
    ttl = run("table", "--ttl", "--name", "other").data
    assert ttl["TableName"] == "other"
    assert ttl["TimeToLiveSpecification"] == {"Enabled": True, "AttributeName": "forgotten_at"}


def test_templates_are_printed(run: Run) -> None:
    """With expressions as names, and another logical id."""
    text = run(*CLOUDFORMATION, "--name", "!Ref Name", "--resource", "Books", "--stream", "off").out
    assert text.startswith("Books:\n  Type: AWS::DynamoDB::Table\n")
    assert "TableName: !Ref Name\n" in text
    assert "StreamSpecification" not in text
    text = run(*TERRAFORM, "--name", "${var.stage}-books", "--resource", "books").out
    assert text.startswith('resource "aws_dynamodb_table" "books" {\n  name ')
    assert '"${var.stage}-books"' in text


@pytest.mark.parametrize("command", [CLOUDFORMATION, TERRAFORM])
def test_it_is_spliced_into_files_and_checked(
    run: Run, command: tuple[str, ...], tmp_path: Path
) -> None:
    """A second time nothing changes; a changed option is stale and shown, and nothing written."""
    file = tmp_path / "template"
    file.write_text(MARKED)
    assert "written" in run(*command, "--write", str(file)).out
    assert "unchanged" in run(*command, "--write", str(file)).out
    assert run(*command, "--check", str(file)).code == 0
    spliced = file.read_text()
    stale = run(*command, "--check", str(file), "--protection", "off")
    assert stale.code == 1
    assert f"{file} is stale" in stale.out
    assert " --write " in stale.out.splitlines()[-1]
    assert any(line.startswith("+") and "false" in line for line in stale.out.splitlines())
    assert file.read_text() == spliced


def test_a_file_without_markers_is_left_alone(run: Run, tmp_path: Path) -> None:
    """As is one that is not there."""
    file = tmp_path / "template.yaml"
    file.write_text("Resources:\n")
    ran = run(*CLOUDFORMATION, "--write", str(file))
    assert (ran.code, file.read_text()) == (2, "Resources:\n")
    assert "`# singletable:table begin` stands nowhere" in ran.err
    missing = run(*CLOUDFORMATION, "--check", str(tmp_path / "none"))
    assert missing.code == 2
    assert "No such file" in missing.err


def test_a_file_that_is_no_text_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    """It is not mended by guessing."""
    file = tmp_path / "template.yaml"
    file.write_bytes(b"\xff\xfe")
    assert "is no UTF-8 text" in run(*CLOUDFORMATION, "--write", str(file)).err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["table", "--write", "x"], "--write goes with --format cloudformation or terraform"),
        (["table", "--resource", "x"], "--resource goes with --format cloudformation"),
        (["table", "--name", "!Ref A"], "!Ref A is an expression of CloudFormation"),
        (["table", "--name", "a b!"], "--name 'a b!' is no table name: 3 to 255 of"),
        ([*CLOUDFORMATION, "--name", ""], "--name '' is no table name"),
        ([*CLOUDFORMATION, "--name", "${a}-books"], "nor an expression"),
        ([*TERRAFORM, "--name", "a b!"], "--name 'a b!' is no table name"),
        (["table", "--recovery", "on"], "CreateTable cannot set --recovery"),
        (["table", "--ttl", "--stream", "KEYS_ONLY"], "--ttl goes with --name alone"),
        (["table", "--units", "5"], "'5' is not two numbers such as 5,5"),
        (["table", "--units", "5,0"], "'5,0' is not two numbers"),
        ([*CLOUDFORMATION, "--ttl"], "--ttl goes with --format create-table"),
        ([*CLOUDFORMATION, "--protection", "yes"], "--protection is on, off, or an expression"),
        ([*CLOUDFORMATION, "--write", "a", "--check", "a"], "not allowed with argument"),
        ([*TERRAFORM, "--recovery", "!If [A, true, false]"], "terraform takes values"),
    ],
)
def test_wrong_usage_says_what_is_right(run: Run, words: list[str], problem: str) -> None:
    """Exit code 2; nothing on the output, nothing ignored."""
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert problem in ran.err
