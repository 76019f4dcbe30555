"""What a design says of a key with a condition."""

from datetime import date

from singletable import Entity, Table, attr
from singletable.design import compile_design
from singletable.design.ir import Expression
from singletable.emit.docs.entities import entity_section
from singletable.emit.docs.tables import table_section

desk = Table("desk")
gsi1 = desk.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Ticket(Entity, table=desk):
    """A ticket, in the index while somebody has to look at it."""

    ticket_id: str
    due: date | None = None
    status: str = "open"
    held_by: str | None = None
    key = desk.primary.key("TICKET#{ticket_id}", "TICKET")
    waiting = gsi1.key(
        "WAITING",
        "{due}#{ticket_id}",
        when=attr("status").is_in("open", "held") & attr("held_by").is_absent(),
    )


DESIGN = compile_design([desk])
CONDITION = 'status IN ("open", "held") AND attribute_not_exists(held_by)'


def test_a_key_has_its_condition_as_data() -> None:
    """As it is asked of whole entities: nothing is said of absent attributes with a default."""
    primary, waiting = DESIGN.entities[0].keys
    assert primary.when is None
    assert waiting.when == Expression(CONDITION, ("status", "held_by"))
    assert waiting.is_sparse


def test_the_page_says_which_items_are_in_the_index() -> None:
    tables, entities = "\n".join(table_section(DESIGN)), "\n".join(entity_section(DESIGN))
    assert f"Ticket (where `due` is set, and `{CONDITION}`)" in tables
    assert f"absent without `due`; only where `{CONDITION}`" in entities
