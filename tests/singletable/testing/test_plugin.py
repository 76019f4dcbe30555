"""The pytest plugin opens tables for one test, and writes golden files when told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from singletable import Get, access_pattern, create
from singletable.testing import assert_golden
from singletable.testing.golden import MODE
from singletable.testing.plugin import OpenTables
from tests.backends import local_endpoint
from tests.singletable.shop import Product, product, shop

pytest_plugins = ["pytester"]

TEST = """
    from pathlib import Path

    from singletable import create
    from singletable.testing import faulty, lose_answer
    from tests.singletable.shop import Coupon, shop

    GET = Coupon.key.get(coupon_id="half")
    HALF = Coupon(coupon_id="half", percent=50)


    def test_one(open_tables):
        repository = open_tables(shop)
        repository.write(create(HALF))
        assert repository.fetch(GET) == HALF
        assert open_tables(shop).fetch(GET) == HALF
        assert open_tables.names[shop].startswith("shop-")
        Path("name").write_text(open_tables.names[shop])


    def test_another(open_tables):
        repository = open_tables(shop)
        assert repository.fetch(GET) is None
        losing = open_tables.over(faulty(open_tables.transport, lose_answer("PutItem")), shop)
        losing.write(create(HALF))
        assert repository.fetch(GET) == HALF
"""


@access_pattern
def golden_product(product_id: str) -> Get[Product]:
    """A product, by its identity."""
    return Product.key.get(product_id=product_id)


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    root = str(Path(__file__).parents[3])
    loaded = () if _is_installed() else ("-p", "singletable.testing.plugin")
    given = (*loaded, "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", ".", *options)
    return pytester.runpytest_subprocess(
        "--import-mode=importlib", "-o", f"pythonpath={root}", *given
    )


def _is_installed() -> bool:
    """Whether pytest finds the plugin by its entry point."""
    from importlib.metadata import entry_points

    return any(each.name == "singletable" for each in entry_points(group="pytest11"))


def test_each_test_has_an_empty_table(pytester: pytest.Pytester) -> None:
    """In memory; of one test all repositories share it."""
    pytester.makepyfile(TEST)
    run(pytester).assert_outcomes(passed=2)


@pytest.mark.slow
@pytest.mark.connected
def test_tables_are_opened_on_an_endpoint(pytester: pytest.Pytester) -> None:
    """And deleted when the test has ended."""
    from tests.backends import client_of

    endpoint = local_endpoint()
    pytester.makepyfile(TEST)
    run(pytester, "--dynamodb-endpoint", endpoint).assert_outcomes(passed=2)
    client = client_of(endpoint)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_table(TableName=(pytester.path / "name").read_text())


@pytest.mark.slow
def test_golden_files_are_written_and_compared(pytester: pytest.Pytester) -> None:
    """Without the option a missing or another file fails, and shows what differs."""
    pytester.makepyfile(
        """
        from pathlib import Path
        from singletable.testing import assert_golden
        from tests.singletable.shop import Product

        def test_it():
            path = Path(__file__).with_name("golden") / "get.json"
            assert_golden(Product.key.get(product_id="lamp"), path=path)
        """
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*does not exist; write it with --update-golden*"])
    run(pytester, "--update-golden").assert_outcomes(passed=1)
    run(pytester).assert_outcomes(passed=1)
    golden = pytester.path / "golden/get.json"
    golden.write_text(golden.read_text().replace("lamp", "chair"))
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*-*chair*", "*+*lamp*"])


def test_a_folder_has_a_file_for_each_pattern(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `singletable golden` names and writes them."""
    monkeypatch.setattr(MODE, "is_updating", True)
    assert_golden(golden_product, "lamp", path=tmp_path)
    assert_golden(create, product(), path=tmp_path)
    (named,) = json.loads((tmp_path / "test_plugin.golden_product.json").read_text())
    assert named["operation"] == "GetItem"
    (made,) = json.loads((tmp_path / "Create.json").read_text())
    assert made["parameters"]["Item"]["created_at"] == {"S": "2026-03-14T09:26:53.000000Z"}
    monkeypatch.setattr(MODE, "is_updating", False)
    assert_golden(golden_product, product_id="lamp", path=tmp_path)
    with pytest.raises(AssertionError, match="chair"):
        assert_golden(golden_product, "chair", path=tmp_path)


def test_a_name_is_short_enough() -> None:
    """Whatever the table is called."""
    created: list[str] = []
    opened = OpenTables(lambda _, parameters: created.append(parameters["TableName"]) or {}, print)
    opened(shop)
    assert len(created[0]) <= 255
