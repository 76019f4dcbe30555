"""The table as Terraform's resource."""

from __future__ import annotations

import re

from singletable import Table, include
from singletable.design import compile_table
from singletable.emit.infra.create_table import TableOptions
from singletable.emit.infra.terraform import terraform_table
from tests.singletable.library import library


def hcl(table: Table, options: TableOptions | None = None, **names: str) -> str:
    return terraform_table(compile_table(table), options or TableOptions(), **names)


def block(text: str, head: str) -> dict[str, str]:
    """The arguments directly under the block that begins with this line."""
    inner = text.partition(f"{head} {{\n")[2]
    level = re.match(r" *", inner)
    assert level is not None
    lines = re.findall(rf"^{level[0]}(\w+) += (.*)$", inner.partition("}")[0], re.MULTILINE)
    return dict(lines)


def test_the_whole_resource_reads_so() -> None:
    """Laid out as `terraform fmt` leaves it."""
    shelf = Table("shelf", sort_key=None)
    assert terraform_table(
        compile_table(shelf), TableOptions(), name="${var.stage}-shelf", resource="shelf"
    ) == (
        'resource "aws_dynamodb_table" "shelf" {\n'
        '  name                        = "${var.stage}-shelf"\n'
        '  billing_mode                = "PAY_PER_REQUEST"\n'
        '  hash_key                    = "PK"\n'
        "  stream_enabled              = true\n"
        '  stream_view_type            = "NEW_AND_OLD_IMAGES"\n'
        "  deletion_protection_enabled = true\n"
        "\n"
        "  attribute {\n"
        '    name = "PK"\n'
        '    type = "S"\n'
        "  }\n"
        "\n"
        "  point_in_time_recovery {\n"
        "    enabled = true\n"
        "  }\n"
        "\n"
        "  lifecycle {\n"
        "    prevent_destroy = true\n"
        "  }\n"
        "}\n"
    )


KEY_SCHEMA = """\
    key_schema {
      attribute_name = "GSI1PK"
      key_type       = "HASH"
    }

    key_schema {
      attribute_name = "GSI1SK"
      key_type       = "RANGE"
    }
"""


def test_every_index_is_in_it() -> None:
    """With keys and projection; local ones share the table's partition key."""
    text = hcl(library)
    assert text.count("  global_secondary_index {\n") == 2
    assert block(text, "global_secondary_index") == {
        "name": '"GSI1"',
        "projection_type": '"ALL"',
    }
    (within,) = re.findall(r'"GSI1"\n(?:.+\n)+\n((?: {4}.*\n|\n)+) {2}}', text)
    assert within == KEY_SCHEMA
    shelf = Table("shelf")
    shelf.local_index("by-title", sort_key="title", projection=include("author", "year"))
    assert block(hcl(shelf), "local_secondary_index") == {
        "name": '"by-title"',
        "range_key": '"title"',
        "projection_type": '"INCLUDE"',
        "non_key_attributes": '["author", "year"]',
    }


def test_every_key_attribute_has_its_type() -> None:
    """And no other attribute is named."""
    text = hcl(library)
    names = re.findall(r'attribute \{\n    name = "(\w+)"\n    type = "S"', text)
    assert names == sorted(library.key_attributes)


def test_expiry_is_a_block_where_something_expires() -> None:
    """On the declared attribute."""
    text = hcl(library)
    assert block(text, "ttl") == {"attribute_name": '"forgotten_at"', "enabled": "true"}
    assert "ttl {" not in hcl(Table("shelf"))


def test_options_take_things_away() -> None:
    """Units are those of the table and of each global index."""
    bare = TableOptions(stream=None, recovery=False, protection=False, units=(3, 4))
    text = hcl(library, bare)
    own = block(text, 'resource "aws_dynamodb_table" "table"')
    assert own["stream_enabled"] == own["deletion_protection_enabled"] == "false"
    assert "stream_view_type" not in own
    assert block(text, "point_in_time_recovery") == {"enabled": "false"}
    assert re.findall(r"(read|write)_capacity +=", text) == ["read", "write"] * 3
