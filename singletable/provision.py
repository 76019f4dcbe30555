"""Makes the parameters that create a declared table. Loads what renders them when it is called."""

from __future__ import annotations

from typing import Any, cast

from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidTable
from singletable.table import TABLE_NAMES, TableDefinition, is_table_name


def create_table(table: TableDefinition, name: str | None = None) -> dict[str, Any]:
    """Makes CreateTable's parameters: every index, the declared name or `name`, the deployment.

    On demand if none is declared. Recovery and replicas are set by other operations.
    `client.create_table(**create_table(blog, "blog-dev"))`. `singletable table` prints the same,
    and what CloudFormation and Terraform take.
    """
    if not isinstance(cast(object, table), TableDefinition):
        raise InvalidTable(where="create_table", declared=f"{abridge(table)}", allowed="a Table")
    if name is not None and not is_table_name(name):
        raise InvalidTable(
            where="create_table", declared=f"table name {abridge(name)}", allowed=TABLE_NAMES
        )
    from singletable.design import compile_table  # noqa: PLC0415 - declarations load no emitter
    from singletable.emit.infra import create_table as emitter  # noqa: PLC0415

    return emitter.create_table(compile_table(table), name)
