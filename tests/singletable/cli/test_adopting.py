"""A table that other programs wrote is adopted: its items are read by a module that was not there,
and what is wrong with it is reported."""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from singletable import Repository, create_table
from singletable.cli.table_scans import to_json
from singletable.testing import memory_transport
from tests.singletable.cli.conftest import Ran, Run
from tests.singletable.cli.scanned import NAME, connect_to, shop_items, table_of
from tests.singletable.cli.test_scanning import after, in_small_pages, interrupt

Item = dict[str, Any]


@pytest.fixture(autouse=True)
def forget_modules() -> Iterator[None]:
    """Modules that a test has written are none of the next one's."""
    yield
    for name in [each for each in sys.modules if each.startswith("adopted_")]:
        del sys.modules[name]


def export(folder: Path, items: list[Item]) -> Path:
    """An export to S3 as DynamoDB makes it: gzip, a line of its JSON for each item, manifests."""
    root = folder / "AWSDynamoDB" / "01700000000000-abcdef"
    (root / "data").mkdir(parents=True)
    half = len(items) // 2
    for name, part in (("a", items[:half]), ("b", items[half:])):
        with gzip.open(root / "data" / f"{name}.json.gz", "wt", encoding="utf-8") as file:
            file.writelines(f"{json.dumps({'Item': to_json(each)})}\n" for each in part)
    arn = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{NAME}"
    (root / "manifest-summary.json").write_text(json.dumps({"tableArn": arn}))
    (root / "manifest-files.json").write_text('{"itemCount": 1}\n')
    return root


def load(path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(path.parent))
    importlib.invalidate_caches()
    return importlib.import_module(path.stem)


def stocked(module: Any, table: Any, items: list[Item]) -> Repository:
    """A repository over a table in memory that has these items, as they were written."""
    transport = memory_transport()
    transport("CreateTable", create_table(table, NAME))
    for item in items:
        transport("PutItem", {"TableName": NAME, "Item": item})
    return Repository(transport, {table: NAME}, cursor_secret=b"sixteen bytes or more")


def adopted(run: Run, source: Path, path: Path, *words: str) -> Ran:
    return run("adopt", str(source), "--to", str(path), "--json", *words, design=None)


def test_an_export_is_read_by_one_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a get of each item, a query of each partition, and one of each partition of the index."""
    items = shop_items()
    path = tmp_path / "adopted_shop.py"
    ran = adopted(run, export(tmp_path, items), path)
    assert ran.code == 0, ran.out
    entities = ran.data["entities"]
    assert {name: (each["items"], each["read"]) for name, each in entities.items()} == {
        "CustomerOrder": (60, 60),
        "CustomerProfile": (25, 25),
        "Product": (25, 25),
    }
    module = load(path, monkeypatch)
    assert module.shop_prod.name == NAME
    repository = stocked(module, module.shop_prod, items)

    orders = [each for each in items if each["SK"]["S"].startswith("ORDER#")]
    for item in orders:
        identity = {"customer": item["customer"]["S"], "sk_2": item["SK"]["S"][6:]}
        found = repository.fetch(module.get_customer_order(**identity))
        assert found.total == Decimal(item["total"]["N"])
        assert (found.paid, found.note) == (
            item["paid"]["BOOL"],
            item["note"]["S"] if "note" in item else None,
        )
        assert found.lines == [{"sku": "x", "count": 2}]
    of_one = repository.fetch(module.query_customer_order(customer="k3"))
    assert len(of_one.items) == 5
    on_day = repository.fetch(module.query_customer_order_by_gsi1(day="2026-03-01"))
    assert [each.day for each in on_day] == ["2026-03-01"] * 3

    profile = repository.fetch(module.get_customer_profile(pk_2="7"))
    assert (profile.name, profile.photo) == ("Name of 7", b"\x00\xff")
    assert set(profile.tags) == {"a", "b"}
    listed = repository.fetch(module.query_customer_profile_by_gsi1())
    assert len(listed.items) == 25
    product = repository.fetch(module.get_product(pk_2="s003x"))
    assert (product.price, product.stock) == (3, 3)
    assert len(repository.fetch(module.query_product(pk_2="s003x")).items) == 1


def test_what_is_declared_because_of_the_items_is_told(run: Run, tmp_path: Path) -> None:
    ran = adopted(run, export(tmp_path, shop_items()), tmp_path / "adopted_a.py")
    assert ran.data["in_key"] == {
        "CustomerOrder": ["sk_2", "gsi1sk_1"],
        "CustomerProfile": ["pk_2"],
        "Product": ["pk_2"],
    }
    assert "note: keys are told by their names alone: PK, SK, GSI1: GSI1PK" in ran.err
    assert "written" in ran.err


def test_items_that_are_of_other_types_need_an_upgrade(run: Run, tmp_path: Path) -> None:
    """They are counted, with the reason, and one of them is shown."""
    items = [
        {
            "PK": {"S": f"USER#{n}x"},
            "SK": {"S": "USER"},
            "age": {"N": str(n)},
            "GSI1PK": {"S": f"AGE#{n}"},
            "GSI1SK": {"S": "Q"},
        }
        for n in range(30)
    ]
    items.append({"PK": {"S": ""}, "SK": {"S": "USER"}, "age": {"N": "1"}})
    items[3]["GSI1PK"] = {"S": "AGE#99"}
    text = tmp_path / "items.json"
    text.write_text(json.dumps(items))
    words = ["--partition", "PK", "--sort", "SK", "--index", "GSI1:GSI1PK:GSI1SK"]
    ran = adopted(run, text, tmp_path / "adopted_b.py", *words)
    user = ran.data["entities"]["User"]
    assert (user["items"], user["read"]) == (30, 30)
    assert (ran.code, ran.data["of_none"]) == (1, 1)
    again = run(
        *("adopt", str(text), "--to", str(tmp_path / "adopted_b.py"), "--force", *words),
        design=None,
    )
    assert '        1 fit no entity, such as {"PK": {"S": ""}, "SK": {"S": "USER"}}' in again.out


def test_a_key_that_contradicts_its_attribute_is_told_by_its_index(
    run: Run, tmp_path: Path
) -> None:
    items = shop_items()
    items[0]["GSI1PK"] = {"S": "DAY#2020-01-01"}
    items[1]["total"] = {"S": "free"}
    path = tmp_path / "adopted_c.py"
    ran = adopted(run, export(tmp_path, items), path)
    orders = ran.data["entities"]["CustomerOrder"]
    assert (ran.code, orders["read"]) == (1, 60)
    assert "GSI1PK and day say different things in 1 of 60 items" in ran.err
    assert "total is of several types: N in 59, S in 1" in ran.err
    [unread] = orders["unread"]
    assert (unread["index"], unread["count"]) == ("GSI1", 1)
    assert unread["sample"] == {name: items[0][name] for name in ("PK", "SK")}
    found = {each["rule"]: each["count"] for each in ran.data["item_findings"]}
    assert found == {"key-contradicts-attribute": 1}


def test_a_table_of_which_some_items_have_a_type_is_untagged(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = shop_items()
    for n, item in enumerate(items):
        kind = item["SK"]["S"].partition("#")[0].title()
        if n % 10:
            item["kind"] = {"S": kind}
    path = tmp_path / "adopted_d.py"
    ran = adopted(run, export(tmp_path, items), path)
    assert (ran.code, ran.data["untagged"]) == (0, 11)
    assert 'Table("shop-prod", type_attribute="kind", untagged="by key")' in path.read_text()
    module = load(path, monkeypatch)
    repository = stocked(module, module.shop_prod, items)
    name = next(each for each in dir(module) if each.startswith("query_profile"))
    assert ran.data["entities"]["Profile"]["read"] == 25
    assert repository.fetch(getattr(module, name)(pk_2="5")).items


def test_a_live_table_is_adopted_with_its_keys_and_its_ttl(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [each | {"until": {"N": str(1_900_000_000 + n)}} for n, each in enumerate(shop_items())]
    table = table_of(items)
    ttl = {"AttributeName": "until", "Enabled": True}
    table("UpdateTimeToLive", {"TableName": NAME, "TimeToLiveSpecification": ttl})
    connect_to(monkeypatch, in_small_pages(table))
    path = tmp_path / "adopted_e.py"
    words = ["--table", NAME, "--region", "eu-west-1", "--to", str(path), "--json"]
    ran = run("adopt", *words, design=None)
    assert (ran.code, ran.data["items"]) == (0, 110)
    assert "until: Annotated[datetime, TTL]" in path.read_text()
    assert 'gsi1 = shop_prod.global_index("GSI1"' in path.read_text()


@pytest.mark.parametrize("pages", [1, 3, 8, 18, 22, 30])
def test_an_interrupted_adoption_goes_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    """In the sample, and in the look at all items; it comes to what it would have come to."""
    table, path = in_small_pages(table_of(shop_items())), tmp_path / "adopted_f.py"
    words = ["--table", NAME, "--region", "x", "--to", str(path), "--json"]
    words += ["--segments", "1", "--checkpoint", str(tmp_path / "c")]
    connect_to(monkeypatch, after(pages, interrupt, table))
    assert run("adopt", *words, design=None).code == 130
    connect_to(monkeypatch, table)
    ran = run("adopt", *words, design=None)
    assert (ran.code, ran.data["items"]) == (0, 110)
    assert sum(each["read"] for each in ran.data["entities"].values()) == 110
    assert sorted(each.name for each in tmp_path.iterdir()) == ["adopted_f.py"]


@pytest.mark.parametrize("command", ["adopt", "infer"])
def test_a_checkpoint_of_another_scan_is_refused_before_the_table_is_asked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def refuse(operation: str, request: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AssertionError(operation, request)

    checkpoint = tmp_path / "c.json"
    checkpoint.write_text('{"about": {"table": "other"}, "positions": {}, "state": {}}')
    connect_to(monkeypatch, refuse)
    words = ["--table", NAME, "--region", "x", "--to", str(tmp_path / "adopted_m.py")]
    ran = run(command, *words, "--checkpoint", str(checkpoint), design=None)
    assert ran.code == 2
    assert f"{checkpoint} is a checkpoint of another scan" in ran.err
    assert [each.name for each in tmp_path.iterdir()] == ["c.json"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["items.json", "--to", "shop"], "a Python module is meant"),
        (["items.json", "--to", "class.py"], "a Python module is meant"),
        (["items.json", "--to", "json.py"], "it would hide the module json"),
        (["--to", "adopted_g.py"], "name the items"),
        (["items.json", "--to", "{there}"], "is there already"),
    ],
)
def test_what_adopt_needs_is_said(run: Run, tmp_path: Path, words: list[str], why: str) -> None:
    there = tmp_path / "adopted_there.py"
    there.write_text("# by hand\n")
    ran = run("adopt", *(each.format(there=there) for each in words), design=None)
    assert (ran.code, why in ran.err) == (2, True)
    assert there.read_text() == "# by hand\n"


def test_keys_that_names_do_not_tell_are_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "items.json"
    path.write_text(json.dumps([{"a": {"S": str(n)}, "b": {"S": str(n)}} for n in range(9)]))
    ran = adopted(run, path, tmp_path / "adopted_h.py")
    assert ran.code == 2
    message = ran.data["error"]["message"]
    assert "say the table's keys: --description FILE, or --partition and --sort" in message
    assert "all items have: a, b" in message
    assert not (tmp_path / "adopted_h.py").exists()


def test_an_error_that_is_found_ends_with_1(run: Run, tmp_path: Path) -> None:
    """Even where every item is read."""
    milliseconds = {"N": "200000000000"}
    items = [each | {"until": milliseconds} for each in shop_items()]
    ran = adopted(run, export(tmp_path, items), tmp_path / "adopted_l.py", "--ttl", "until")
    assert sum(each["read"] for each in ran.data["entities"].values()) == len(items)
    assert not any(each["unread"] for each in ran.data["entities"].values())
    found = {each["rule"]: each["severity"] for each in ran.data["item_findings"]}
    assert found == {"ttl-in-milliseconds": "error"}
    assert ran.code == 1


@pytest.mark.parametrize("users", [4, 10, 40])
def test_a_sort_key_may_begin_with_the_delimiter(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, users: int
) -> None:
    """However few the items are: nothing stands before it, and no field."""
    items = [{"PK": {"S": f"USER#{n:04}"}, "SK": {"S": "#META"}} for n in range(users)]
    items += [
        {"PK": {"S": f"USER#{n % users:04}"}, "SK": {"S": f"ORDER#{n:06}"}} for n in range(40)
    ]
    source, path = tmp_path / "items.json", tmp_path / f"adopted_meta_{users}.py"
    source.write_text(json.dumps(items))
    ran = adopted(run, source, path)
    assert ran.code == 0
    assert {name: each["read"] for name, each in ran.data["entities"].items()} == {
        "UserMeta": users,
        "UserOrder": 40,
    }
    assert 'table.primary.key("USER#{pk_2}", "#META")' in path.read_text()
    module = load(path, monkeypatch)
    repository = stocked(module, module.table, items)
    assert repository.fetch(module.get_user_meta(pk_2="0003")).pk_2 == "0003"


@pytest.mark.parametrize("command", ["adopt", "infer"])
@pytest.mark.parametrize(
    ("sort", "held"),
    [({"B": "AA=="}, "is B"), ({"NULL": True}, "is NULL"), (None, "is not there")],
)
def test_a_key_that_is_no_text_and_no_number_is_refused(
    run: Run, tmp_path: Path, command: str, sort: Item | None, held: str
) -> None:
    source, path = tmp_path / "items.json", tmp_path / "adopted_k.py"
    odd = {"id": {"S": "b"}, **({"sk": sort} if sort else {})}
    source.write_text(json.dumps([{"id": {"S": "a"}, "sk": {"S": "x"}}, odd]))
    words = ["--to", str(path), "--partition", "id", "--sort", "sk"]
    ran = run(command, str(source), *words, design=None)
    assert ran.code == 2
    assert f"a key attribute has to be S or N, and sk {held} in the item {{" in ran.err
    assert not path.exists()


def test_a_module_is_inferred_with_what_speaks_for_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "adopted_i.py"
    ran = run("infer", str(export(tmp_path, shop_items())), "--to", str(path), design=None)
    assert (ran.code, ran.out) == (0, "")
    lines = path.read_text().splitlines()
    assert "    # PK: in 60 of 60 items, 12 different, such as CUSTOMER#k0" in lines
    assert lines[lines.index("class CustomerOrder(Entity, table=shop_prod):") - 1] == "# 60 items"
    assert "    photo: bytes" in lines
    assert "    paid: bool" in lines
    assert "    note: str | None = None" in lines


def test_a_file_of_another_tool_becomes_a_module(run: Run, tmp_path: Path) -> None:
    """What is not declared is told, and the rest is; 1 where nothing is."""
    schema = {
        "version": "0.0.1",
        "indexes": {"primary": {"hash": "pk"}},
        "models": {
            "User": {"pk": {"type": "string", "value": "user#${id}"}},
            "Twin": {"pk": {"type": "string", "value": "user#${name}"}},
        },
    }
    source, path = tmp_path / "schema.json", tmp_path / "adopted_j.py"
    source.write_text(json.dumps(schema))
    ran = run("import", str(source), "--to", str(path), design=None)
    assert (ran.code, ran.out) == (0, "")
    assert "note: not declared: entity Twin: Twin.key: 'user#{name}' and User.key" in ran.err
    assert ran.err.endswith(f"written   {path}: 1 entity, 0 patterns; 1 declarations left out\n")
    schema["models"] = {"User": {"pk": {"type": "string"}}, "Twin": {"pk": {"type": "string"}}}
    source.write_text(json.dumps(schema))
    assert run("import", str(source), "--to", str(path), "--force", design=None).code == 1
