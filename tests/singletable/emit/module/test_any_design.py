"""Whatever a file says, a module comes of it: it is Python, and names all that is left out."""

from __future__ import annotations

import ast
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.singletable.emit.module.drafts import draft

NAMES = st.one_of(
    st.sampled_from(["id", "type", "class", "key", "shard", "Entity", "str", "date", "pk", "a-b"]),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="{}"), min_size=1, max_size=8
    ),
)
TYPES = st.sampled_from(
    [
        "str",
        "int",
        "float",
        "decimal",
        "bool",
        "datetime",
        "date",
        "bytes",
        "list",
        "map",
        "set",
        "any",
    ]
)
FORMATS = st.sampled_from(
    [None, {"members": ["a", 'b"']}, {"pattern": "[a-z]+"}, {"alphabet": "]^-\\", "max_bytes": 3}]
)
FIELD = st.fixed_dictionaries(
    {"type": TYPES, "format": FORMATS, "optional": st.booleans(), "in_key": st.booleans()},
    optional={"stored": NAMES},
)


@st.composite
def templates(draw: st.DrawFn, fields: list[str]) -> str:
    """Texts and fields in turn."""
    text = draw(st.sampled_from(["", "A#", "B#", "x{{"]))
    for name in draw(st.lists(st.sampled_from(fields), max_size=2, unique=True)):
        text += f"{{{name}}}" + draw(st.sampled_from(["", "#", "#C#", "'"]))
    return text or "Z"


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    """Small designs with odd names, some of which contradict themselves."""
    attributes = draw(st.lists(NAMES, min_size=4, max_size=4, unique=True))
    entities = list[dict[str, Any]]()
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        fields = draw(st.dictionaries(NAMES, FIELD, min_size=1, max_size=4))
        known = list(fields)
        keys = {
            each: draw(templates(known)) for each in attributes[: draw(st.sampled_from([2, 4]))]
        }
        entity = {
            "name": name,
            "keys": keys,
            "fields": fields,
            "description": draw(st.text(max_size=9)),
        }
        entities.append(entity | {"identity": draw(st.sampled_from([None, known[:1]]))})
    patterns = [
        {
            "name": name,
            "operation": draw(
                st.sampled_from(["GetItem", "Query", "PutItem", "UpdateItem", "Scan"])
            ),
            "question": draw(st.text(max_size=9)),
            "index": draw(st.sampled_from(["primary", "GSI1"])),
            "key": dict(
                draw(st.sampled_from([*[list(each["keys"].items()) for each in entities]]))[:2]
            ),
            "returns": [
                each["name"] for each in draw(st.lists(st.sampled_from(entities), max_size=2))
            ],
        }
        for name in draw(st.lists(NAMES, max_size=3, unique=True))
    ]
    first, second, third, fourth = attributes
    index = {"name": "GSI1", "partition": third, "sort": fourth}
    table = {
        "name": draw(st.sampled_from(["shop", "a b", "x"])),
        "partition": first,
        "sort": second,
        "indexes": [index],
        "type_attribute": draw(st.one_of(st.none(), NAMES)),
        "delimiter": draw(st.sampled_from(["#", "|", "--"])),
    }
    return {"singletable": 1, "tables": [table], "entities": entities, "patterns": patterns}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(designs())
def test_a_module_comes_of_any_design(data: dict[str, Any]) -> None:
    drafted = draft(data)
    module = drafted.module
    ast.parse(module.text)
    declared = {f"entity {each}" for each in module.entities}
    declared |= {f"pattern {each}" for each in module.patterns}
    named = {f"entity {each['name']}" for each in data["entities"]}
    named |= {f"pattern {each['name']}" for each in data["patterns"]}
    assert declared | (module.left_out.keys() & named) == named
    assert not declared & module.left_out.keys()
    assert {each.name for each in drafted.declared.entities} == set(module.entities)
    assert len(drafted.declared.patterns) == len(module.patterns)
