"""How much of a design there is, and how often it is asked: figures that people write as TOML."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from singletable.codec.wire import is_mapping
from singletable.design import ir
from singletable.design.parsing import Unreadable, parse_toml, read_text
from singletable.errors.design import InvalidFigures
from singletable.errors.suggestions import did_you_mean

_Number = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0, le=10**15)]
_Share = Annotated[float, Field(gt=0, le=1)]


class Figures(BaseModel):
    """A table of such a file; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


M = TypeVar("M", bound=Figures)


class EntityVolume(Figures):
    """How many items there are, and the bytes of one with its attribute names."""

    items: _Count | None = None
    size: _Count | None = None


class KeyVolume(Figures):
    """Of a key on an index: `items` that are in the index and the bytes of one there, if they are
    not those of the entity; how many partition keys there are, and the share of what happens that
    concerns the hottest of them."""

    items: _Count | None = None
    size: _Count | None = None
    values: Annotated[int, Field(ge=1)] | None = None
    skew: _Share | None = None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.values is not None and self.skew is not None and self.skew * self.values < 1:
            raise ValueError(f"of {self.values} values one has 1/{self.values} of all, or more")
        return self


class PatternVolume(Figures):
    """Calls a second, on average and at the `peak`, and what is in a call.

    `returned`: items, of all entities or by entity. `read`: items that are read, if a filter leaves
    some of them out. `written`: items of a batch. `changed`: fields that an update of a whole
    entity changes. `writes`: how often a call writes to an index, where the design leaves it open.
    """

    rate: _Number | None = None
    peak: _Number | None = None
    returned: _Number | Mapping[str, _Number] | None = None
    read: _Number | None = None
    written: _Number | None = None
    changed: Annotated[list[str], Field()] | None = None
    writes: Mapping[str, _Number] = Field(default_factory=dict[str, float])

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.rate is not None and self.peak is not None and self.peak < self.rate:
            raise ValueError("the peak is below the average rate")
        return self

    @property
    def most(self) -> float | None:
        """Calls a second at the peak; the average where no peak is said."""
        return self.rate if self.peak is None else self.peak


class Volumes(Figures):
    """Figures by the names of entities, keys and patterns; all may be left out."""

    entities: Mapping[str, EntityVolume] = Field(default_factory=dict[str, EntityVolume])
    keys: Mapping[str, KeyVolume] = Field(default_factory=dict[str, KeyVolume])
    patterns: Mapping[str, PatternVolume] = Field(default_factory=dict[str, PatternVolume])

    def entity(self, name: str) -> EntityVolume:
        return self.entities.get(name) or EntityVolume()

    def key(self, label: str) -> KeyVolume:
        return self.keys.get(label) or KeyVolume()

    def pattern(self, name: str) -> PatternVolume:
        return self.patterns.get(name) or PatternVolume()


def read_volumes(path: Path, design: ir.Design) -> Volumes:
    """Reads a file about a design; `InvalidFigures` says what is wrong, and where."""
    return volumes_of(read_toml(path), design, str(path))


def declared_volumes(design: ir.Design) -> Volumes:
    """The volumes that the declarations say; `InvalidFigures` says what is wrong, and where."""
    return volumes_of({}, design, "the volumes of the design")


def volumes_of(data: object, design: ir.Design, where: str = "the volumes") -> Volumes:
    """The volumes that a file's data says, over those of the design; names are the design's."""
    figures_of(Volumes, data, where)
    volumes = figures_of(Volumes, _over(design.volumes, data), where)
    for at, name, known in _names(volumes, design):
        require_name(name, known, f"{where}: {at}")
    return volumes


def _over(known: object, said: object) -> object:
    """What is said, and what is known where nothing is said; a table of a file by its words."""
    if not is_mapping(known) or not is_mapping(said):
        return said
    return {**known, **{name: _over(known.get(name), each) for name, each in said.items()}}


def _names(volumes: Volumes, design: ir.Design) -> Iterator[tuple[str, str, Collection[str]]]:
    """Each name in the file, with its place and those that may be there."""
    entities = {each.name: each for each in design.entities}
    patterns = {each.name: each for each in design.patterns}
    labels = [key.label for entity in design.entities for key in entity.keys]
    yield from (("entities", name, entities) for name in volumes.entities)
    yield from (("keys", name, labels) for name in volumes.keys)
    yield from (("patterns", name, patterns) for name in volumes.patterns)
    for name, said in volumes.patterns.items():
        operation = patterns[name].operation
        tables = [each for each in design.tables if each.name in operation.tables]
        written = [entities[each] for each in operation.entities if each in entities]
        fields = [field.name for entity in written for field in entity.fields]
        indexes = [index.name for table in tables for index in table.indexes[1:]]
        kept = [each.name for table in tables for each in design.entities_of(table)]
        returned = said.returned if isinstance(said.returned, Mapping) else dict[str, float]()
        yield from ((f"patterns.{name}.returned", each, kept) for each in returned)
        yield from ((f"patterns.{name}.changed", each, fields) for each in said.changed or ())
        yield from ((f"patterns.{name}.writes", each, indexes) for each in said.writes)


def require_name(name: str, known: Collection[str], where: str) -> None:
    """Refuses a name that is not known, with those that are close."""
    if name not in known:
        raise InvalidFigures(
            where=where, declared=f"there is no {name!r}{did_you_mean(name, known)}"
        )


def read_toml(path: Path) -> Mapping[str, Any]:
    """The data of a file of figures; `InvalidFigures` where it is no TOML."""
    try:
        return parse_toml(read_text(path))
    except Unreadable as error:
        raise InvalidFigures(where=str(path), declared=str(error)) from None


def figures_of(model: type[M], data: object, where: str) -> M:
    """The figures that data says; `InvalidFigures` names the first places that are wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        shown = "; ".join(dict.fromkeys(_problem(model, each) for each in problems[:5]))
        raise InvalidFigures(where=where, declared=shown) from None


def _problem(model: type[BaseModel], error: Any) -> str:
    """A sentence on one problem; for a word that is not known also those that are."""
    place = [str(each) for each in error["loc"]]
    at = ".".join(place) or "it"
    if error["type"] != "extra_forbidden":
        return f"{at}: {error['msg'].removeprefix('Value error, ')}"
    return f"{at}: there is no {place[-1]!r}{did_you_mean(place[-1], _words(model, place[:-1]))}"


def _words(model: type[BaseModel], place: list[str]) -> list[str]:
    """The words that a table of a file may have: of the model that is the value at its place."""
    if not place:
        return list(model.model_fields)
    of_values: Any = model.model_fields[place[0]].annotation
    return list(of_values.__args__[-1].model_fields)
