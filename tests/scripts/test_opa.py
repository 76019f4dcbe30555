"""Finding the official opa, and a Go that is new enough to build it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Site

LIB = "source scripts/lib/opa.sh\n"
OPA = "#!/bin/sh\necho 'Version: 1.22.3'\necho more\n"
GO = """#!/bin/sh
case "$1 $2" in
  "env GOVERSION") echo {version} ;;
  "env GOPATH") echo "$HOME/go" ;;
  "env GOOS") echo linux ;;
  "env GOARCH") echo amd64 ;;
  "mod download") echo "$4" >asked; printf '{{\\n\\t"Dir": "%s",\\n}}\\n' "$HOME/toolchain" ;;
  install\\ *) cp "$HOME/built-opa" "$GOBIN/opa" ;;
esac
"""


def test_opa_is_found_where_go_put_it(site: "Site") -> None:
    """One of another version on PATH is passed over."""
    site.program("opa", "#!/bin/sh\necho 'Version: 0.9.0'\n")
    site.program("go", GO.format(version="go1.26.0"))
    folder = site.root / "go" / "bin"
    folder.mkdir(parents=True)
    (folder / "opa").write_text(OPA)
    (folder / "opa").chmod(0o755)
    assert site.shell(LIB + "find_opa && say $OPA").stdout == f"{folder}/opa\n"


def test_opa_is_built_once_where_it_is_not(site: "Site") -> None:
    """It goes to .devserver/bin, and is found there."""
    site.program("opa", "#!/bin/sh\nexit 1\n")
    site.program("go", GO.format(version="go1.27.1"))
    (site.root / "built-opa").write_text(OPA)
    (site.root / "built-opa").chmod(0o755)
    path = f"{site.root}/.devserver/bin/opa"
    first = site.shell(LIB + "need_opa; say $OPA")
    assert first.stdout.splitlines()[-1] == path
    assert "building opa" in first.stdout
    assert site.shell(LIB + "need_opa; say $OPA").stdout == f"{path}\n"


def test_an_old_go_fetches_a_new_one(site: "Site") -> None:
    """As a module for this system, whose programs are made executable."""
    site.program("go", GO.format(version="go1.19.8"))
    for folder in ("bin", "pkg/tool"):
        (site.root / "toolchain" / folder).mkdir(parents=True)
    go = site.root / "toolchain" / "bin" / "go"
    go.touch(mode=0o444)
    assert site.shell(LIB + "modern_go").stdout == f"{go}\n"
    assert go.stat().st_mode & 0o111
    asked = (site.root / "asked").read_text()
    assert asked.startswith("golang.org/toolchain@v0.0.1-go1.26.")
    assert asked.endswith(".linux-amd64\n")


def test_a_new_go_is_used_as_it_is(site: "Site") -> None:
    """Two digits are a number: 1.100 is newer than 1.26."""
    for version in ("go1.26", "go1.26.8", "go1.100.0"):
        site.program("go", GO.format(version=version))
        assert site.shell(LIB + "modern_go").stdout == "go\n"
    assert not (site.root / "asked").exists()
