"""The other libraries, on tables of DynamoDB Local, and the designs that the pages declare."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType

import pytest

from singletable import Table
from tests.backends import Backend, local_endpoint
from tests.foreign.helpdesk import Helpdesk
from tests.foreign.library import Library, install_node

DOCS = Path(__file__).parents[2] / "docs"
MODULE = re.compile(r"^```python\n(# (\w+)\.py\n.*?)^```$", re.MULTILINE | re.DOTALL)

LoadPage = Callable[[str], ModuleType]
OpenLocal = Callable[[Table], Backend]
OpenLibrary = Callable[[str, Backend], Library]


@pytest.fixture(scope="session")
def load_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadPage]:
    """Imports the modules that a page shows, and answers the first: what is tested is the page."""
    folder = tmp_path_factory.mktemp("pages")

    def load(page: str) -> ModuleType:
        modules = MODULE.findall((DOCS / page).read_text())
        for code, name in modules:
            (folder / f"{name}.py").write_text(code)
        importlib.invalidate_caches()
        return importlib.import_module(modules[0][1])

    sys.path.insert(0, str(folder))
    yield load
    sys.path.remove(str(folder))


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node; the tests are skipped where DynamoDB Local or the packages are missing."""
    local_endpoint()
    return install_node()


@pytest.fixture
def open_library(node: str) -> Iterator[OpenLibrary]:
    """Opens ElectroDB or OneTable on the table of a backend."""
    with ExitStack() as opened:

        def open_(name: str, backend: Backend) -> Library:
            library = Library(node, name, local_endpoint(), backend.name)
            opened.callback(library.close)
            return library

        yield open_


@pytest.fixture
def desk(load_page: LoadPage, open_library: OpenLibrary, open_local: OpenLocal) -> Helpdesk:
    """A customer, a ticket and an agent, created by ElectroDB."""
    design = load_page("from-electrodb.md")
    backend = open_local(design.desk)
    helpdesk = Helpdesk(design, backend, open_library("electro", backend))
    helpdesk.fill()
    return helpdesk


@pytest.fixture(scope="session")
def pynamo() -> ModuleType:
    """The models; PynamoDB takes half a second to import, and most runs leave these tests out."""
    return importlib.import_module("tests.foreign.pynamo")


@pytest.fixture
def shop(load_page: LoadPage) -> ModuleType:
    """The design of the page on PynamoDB."""
    return load_page("from-pynamodb.md")
