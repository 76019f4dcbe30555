"""`singletable check`, of the project's design and of files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from singletable.check.examples import EXAMPLES
from tests.singletable.cli.conftest import Run


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "design.json"
    path.write_text(json.dumps(EXAMPLES["key-collision"].breaks))
    return str(path)


def test_a_sound_design_passes(run: Run) -> None:
    """Notes are counted, and shown to those who ask."""
    ran = run("check")
    assert ran.code == 0
    assert ran.out.startswith("found ")
    assert "not shown (--show note)" in ran.out
    assert "note[" in run("check", "--show", "note").out


def test_what_breaks_a_design_is_shown_with_items(run: Run, broken: str) -> None:
    ran = run("check", broken, design=None)
    assert ran.code == 1
    assert ran.out.startswith(
        "error[key-collision] Items of two entities can have one primary key\n"
    )
    assert "\n  found: Customer, Order: CUSTOMER#{customer} / " in ran.out
    assert '  see: Order {"customer": {"S": ' in ran.out
    assert ran.out.endswith("found 1 error, 2 notes; 2 not shown (--show note)\n")


def test_as_data(run: Run, broken: str) -> None:
    data = run("check", broken, "--json", design=None).data
    [finding] = [each for each in data["findings"] if each["severity"] != "note"]
    assert (finding["rule"], finding["severity"]) == ("key-collision", "error")
    assert [each["entity"] for each in finding["witness"]] == ["Customer", "Order"]
    assert (data["verdicts"], data["accepted"]) == ({}, [])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--fail-on", "never"], 0),
        (["--ignore", "key-collision"], 0),
        (["--select", "scan,filtered"], 0),
        (["--select", "key-collision"], 1),
        (["--select", "key-colision"], 2),
        (["--statistics"], 1),
    ],
)
def test_what_fails_is_chosen(run: Run, broken: str, words: list[str], code: int) -> None:
    ran = run("check", broken, *words, design=None)
    assert ran.code == code
    assert (code == 2) == ("did you mean key-collision" in ran.err)


ACCEPTED = {"rule": "key-collision", "subject": "Customer, Order", "because": "Nobody minds."}


@pytest.fixture
def accepting(tmp_path: Path) -> str:
    path = tmp_path / "accepting.json"
    path.write_text(json.dumps({**EXAMPLES["key-collision"].breaks, "accepted": [ACCEPTED]}))
    return str(path)


def test_what_is_accepted_is_counted_apart(run: Run, accepting: str) -> None:
    """It does not fail, and is shown with its reason to those who ask."""
    words = ("check", accepting, "--select", "key-collision")
    ran = run(*words, "--fail-on", "note", design=None)
    assert (ran.code, ran.out) == (0, "nothing found; 1 accepted (--show accepted)\n")
    shown = run(*words, "--show", "accepted", design=None).out
    assert "error[key-collision]" in shown
    assert "  accepted: Nobody minds.\n" in shown
    assert shown.endswith("nothing found; 1 accepted\n")
    data = run(*words, "--json", design=None).data
    assert data["findings"] == []
    assert [(each["rule"], each["because"]) for each in data["accepted"]] == [
        ("key-collision", "Nobody minds.")
    ]


def test_an_acceptance_that_cannot_be_is_wrong_usage(run: Run, accepting: str) -> None:
    path = Path(accepting)
    path.write_text(path.read_text().replace("Customer, Order", "Customer, Ordre"))
    ran = run("check", accepting, design=None)
    assert (ran.code, ran.out) == (2, "")
    assert "[invalid-acceptance] accepted key-collision: the design has no 'Ordre'" in ran.err


def test_statistics_are_by_rule(run: Run, broken: str) -> None:
    out = run("check", broken, "--statistics", design=None).out
    assert out.split()[:3] == ["1", "error", "key-collision"]


def test_verdicts_are_by_pattern(run: Run) -> None:
    lines = run("check", "--verdicts").out.splitlines()
    assert any(line.startswith("served ") for line in lines)


def test_the_schema_of_files(run: Run) -> None:
    assert run("check", "--schema", design=None).data["required"] == ["singletable", "tables"]


def test_a_file_that_is_none(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "design.json"
    path.write_text("[]")
    ran = run("check", str(path), design=None)
    assert (ran.code, "[invalid-design-file]" in ran.err) == (2, True)
    for missing in (tmp_path / "none.json", tmp_path):
        ran = run("check", str(missing), design=None)
        assert (ran.code, "it cannot be read" in ran.err) == (2, True)
    assert run("check", str(path)).code == 2


LINES = (
    {"Item": {"PK": {"S": "CUSTOMER#7"}, "SK": {"S": "CUSTOMER"}, "customer": {"S": "7"}}},
    {"Item": {"PK": {"S": "CUSTOMER#7"}, "SK": {"S": "ORDER#1"}, "order": {"S": "2"}}},
    {"Item": {"PK": {"S": "NOBODY"}, "SK": {"S": "NOBODY"}}},
)


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(EXAMPLES["key-collision"].keeps))
    return str(path)


def write_lines(path: Path) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in LINES))


def write_zipped(path: Path) -> None:
    with gzip.open(path, "wt") as lines:
        lines.write("".join(json.dumps(each) + "\n" for each in LINES))


def write_answer(path: Path) -> None:
    """As `aws dynamodb scan` prints it."""
    items = [each["Item"] for each in LINES]
    path.write_text(json.dumps({"Items": items, "Count": 3, "ScannedCount": 3}, indent=4))


def write_array(path: Path) -> None:
    path.write_text(json.dumps(LINES))


WRITERS: dict[str, Callable[[Path], None]] = {
    "items.json": write_lines,
    "items.json.gz": write_zipped,
    "answer.json": write_answer,
    "array.json": write_array,
}


@pytest.mark.parametrize("name", WRITERS)
def test_items_are_held_against_a_design(run: Run, shop: str, tmp_path: Path, name: str) -> None:
    """In each form that programs write; a folder of an export, too."""
    folder = tmp_path / "export" / "data"
    folder.mkdir(parents=True)
    WRITERS[name](folder / name)
    for path in (folder / name, folder.parent):
        ran = run("check", shop, "--items", str(path), design=None)
        assert ran.code == 1
        assert "error[fits-no-entity] shop: 1 item" in ran.out
        assert "error[key-contradicts-attribute] Order: 1 item" in ran.out
        assert "order is 1 in its primary key, and 2 as order" in ran.out
        assert ran.out.endswith("looked at 3 items; 2 findings\n")


def test_items_as_data(run: Run, shop: str, tmp_path: Path) -> None:
    write_lines(tmp_path / "items.json")
    ran = run("check", shop, "--items", str(tmp_path / "items.json"), "--json", design=None)
    assert (ran.data["items"], ran.data["entities"]) == (3, {"Customer": 1, "Order": 1})
    assert {each["rule"]: each["count"] for each in ran.data["findings"]} == {
        "fits-no-entity": 1,
        "key-contradicts-attribute": 1,
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"PK": {"S": "a"}}\n{', "line 2: it is no JSON"),
        ("{", "it is no JSON"),
        ("9" * 5000, "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("7", "a int, and no item"),
        ('{"PK": "a"}', "PK is not in DynamoDB's JSON"),
    ],
)
def test_what_is_no_item_is_said(
    run: Run, shop: str, tmp_path: Path, content: str, expected: str
) -> None:
    path = tmp_path / "items.json"
    path.write_text(content)
    ran = run("check", shop, "--items", str(path), design=None)
    assert (ran.code, expected in ran.err, "items.json" in ran.err) == (2, True, True)


def test_a_folder_without_items(run: Run, shop: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run("check", shop, "--items", str(tmp_path / "empty"), design=None)
    assert (ran.code, "has no file of items" in ran.err) == (2, True)


DESCRIPTION = {
    "Table": {
        "TableName": "shop",
        "KeySchema": [
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
    }
}


@pytest.fixture
def described(tmp_path: Path) -> str:
    path = tmp_path / "table.json"
    path.write_text(json.dumps(DESCRIPTION))
    return str(path)


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_design_is_made_of_items(
    run: Run, tmp_path: Path, described: str, *, by_hand: bool
) -> None:
    """It is one, and has them."""
    items, design = tmp_path / "items.json", tmp_path / "design.json"
    write_lines(items)
    keys = ["--partition", "PK", "--sort", "SK"] if by_hand else ["--description", described]
    ran = run("infer", str(items), *keys, design=None)
    assert (ran.code, len(ran.data["entities"])) == (0, 3)
    assert "note: Customer: 1 items alone" in ran.err
    design.write_text(ran.out)
    checked = run("check", str(design), "--items", str(items), "--json", design=None)
    assert sum(checked.data["entities"].values()) == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "say the table's keys"),
        (["--partition", "PK", "--delimiter", ""], "--delimiter is a character or more"),
        (["--partition", "PK", "--index", "GSI1"], "NAME:PARTITION"),
        (["--description", "{items}"], "is no description of a table"),
    ],
)
def test_what_infer_needs_is_said(
    run: Run, tmp_path: Path, words: list[str], expected: str
) -> None:
    items = tmp_path / "items.json"
    items.write_text('[{"a": {"S": "1"}}, {"a": {"S": "1"}}]')
    given = [word.format(items=items) for word in words]
    ran = run("infer", str(items), *given, design=None)
    assert (ran.code, expected in ran.err) == (2, True)


@pytest.mark.parametrize("content", ["", "\n\n", "[]", '{"Items": []}'])
def test_a_file_without_items_is_refused(run: Run, shop: str, tmp_path: Path, content: str) -> None:
    """Nothing was looked at, so nothing is known to be right."""
    path = tmp_path / "items.json"
    path.write_text(content)
    ran = run("check", shop, "--items", str(path), design=None)
    assert (ran.code, ran.out, f"{path} has no items" in ran.err) == (2, "", True)


def test_a_table_without_items_is_refused(run: Run, shop: str) -> None:
    ran = run("check", shop, "--table", "shop", design=None)
    assert (ran.code, "--table says of which table" in ran.err) == (2, True)


@pytest.mark.parametrize("name", WRITERS)
def test_a_byte_order_mark_is_no_matter(run: Run, tmp_path: Path, name: str) -> None:
    """Of a design, and of items in each form."""
    shop, items = tmp_path / "shop.json", tmp_path / name
    shop.write_text(json.dumps(EXAMPLES["key-collision"].keeps), "utf-8-sig")
    WRITERS[name](items)
    if items.suffix == ".gz":
        items.write_bytes(gzip.compress(b"\xef\xbb\xbf" + gzip.decompress(items.read_bytes())))
    else:
        items.write_bytes(b"\xef\xbb\xbf" + items.read_bytes())
    ran = run("check", str(shop), "--items", str(items), "--json", design=None)
    assert ran.data["items"] == 3


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{", "it is no JSON, at line 1, column 2"),
        (b'{"a": 1,\n "b"}', "it is no JSON, at line 2, column 5"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"9" * 5000, "a number has too many digits"),
        ("{}".encode("utf-16"), "it is no UTF-8 text, at byte 0"),
    ],
    ids=["cut off", "no value", "deep", "long", "another encoding"],
)
def test_what_is_no_json_is_said_by_its_place(
    run: Run, tmp_path: Path, content: bytes, expected: str
) -> None:
    """In words of our own, wherever JSON is read."""
    path = tmp_path / "file.json"
    path.write_bytes(content)
    (tmp_path / "items.json").write_text("{}")
    for words in (
        ("check", str(path)),
        ("infer", str(tmp_path / "items.json"), "--description", str(path)),
    ):
        ran = run(*words, design=None)
        assert (ran.code, expected in ran.err) == (2, True), ran.err


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b'{"PK": {"S": "a"}}', mtime=0)[:-9]],
    ids=["no gzip", "cut off"],
)
def test_what_is_no_whole_gzip_is_said(run: Run, shop: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "items.json.gz"
    path.write_bytes(content)
    ran = run("check", shop, "--items", str(path), design=None)
    assert (ran.code, f"{path} is no whole file of gzip" in ran.err) == (2, True)


def test_what_is_not_there_is_said(run: Run, shop: str) -> None:
    ran = run("check", shop, "--items", "nowhere", design=None)
    assert (ran.code, "there is no nowhere" in ran.err) == (2, True)


def test_items_have_no_volumes(run: Run, shop: str) -> None:
    ran = run("check", shop, "--items", "items.json", "--volumes", "volumes.toml", design=None)
    assert (ran.code, "leave --volumes out" in ran.err) == (2, True)


def test_keys_that_no_item_has_are_refused(run: Run, tmp_path: Path) -> None:
    write_lines(tmp_path / "items.json")
    ran = run("infer", str(tmp_path / "items.json"), "--partition", "Pk", design=None)
    assert (ran.code, ran.out) == (2, "")
    assert "no item has 'Pk'; did you mean PK" in ran.err
