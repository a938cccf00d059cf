"""Sizes, names and words of the tree: what no linter says."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import wagtail

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION_LINES, TEST_LINES, TEMPLATE_LINES, FUNCTION_LINES = 500, 600, 200, 60
NAMELESS = re.compile(
    r"^(utils?|helpers?|common|misc|manager|tools?|data\d?)\.py$|_(utils?|helpers?|misc)\.py$"
)
# Waivers need an ADR number beside them; there are none.
FUNCTION_WAIVERS: frozenset[str] = frozenset()


def tracked(*suffixes: str) -> list[Path]:
    """Return the files of the tree that are or will be committed, by suffix."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = (ROOT / name for name in listing.split("\0") if name)
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def is_test(path: Path) -> bool:
    return bool({"tests", "testing"} & set(path.relative_to(ROOT).parts)) or path.name == "conftest.py"


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_stay_short() -> None:
    too_long = []
    for path in tracked(".py", ".html"):
        if "migrations" in path.parts:
            continue
        limit = (
            TEMPLATE_LINES if path.suffix == ".html" else TEST_LINES if is_test(path) else PRODUCTION_LINES
        )
        if "templates" not in path.parts and path.suffix == ".html":
            continue
        if line_count(path) > limit:
            too_long.append(f"{path.relative_to(ROOT)}: {line_count(path)} > {limit}")
    assert not too_long


def function_length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function without its docstring, which tells shapes, units, errors and source."""
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length


def test_functions_stay_short() -> None:
    too_long = []
    for path in tracked(".py"):
        if is_test(path) or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = function_length(node)
                name = f"{path.relative_to(ROOT)}:{node.name}"
                if length > FUNCTION_LINES and name not in FUNCTION_WAIVERS:
                    too_long.append(f"{name}: {length}")
    assert not too_long


def test_function_waivers_are_empty() -> None:
    assert not FUNCTION_WAIVERS


def test_no_file_is_named_after_nothing() -> None:
    named = [str(p.relative_to(ROOT)) for p in tracked(".py") if NAMELESS.search(p.name)]
    assert not named


def rooms() -> list[Path]:
    return sorted(p for p in (ROOT / "src/gongkai").iterdir() if (p / "__init__.py").is_file())


def test_every_room_explains_itself() -> None:
    missing = [room.name for room in rooms() if not (room / "README.md").is_file()]
    assert not missing
    thin = [room.name for room in rooms() if line_count(room / "README.md") < 10]
    assert not thin


def test_wagtail_is_the_version_whose_paths_were_closed() -> None:
    """Records close Wagtail's own ways to publish and delete; another version may have opened new ones."""
    assert wagtail.VERSION[:2] == (8, 0)


# Put together from pieces, so that this file does not hold them.
FOREIGN_WORDS = tuple(
    "".join(parts)
    for parts in (
        ("..", "/shared"),
        (".lib", "rary/"),
        ("/wo", "rk/main"),
        ("far", "m-ca"),
        ("pypi", ".org"),
        ("registry", ".npmjs"),
        ("deb.debian", ".org"),
        ("/opt/", "wheels"),
    )
)


@pytest.mark.parametrize("word", FOREIGN_WORDS)
def test_tree_names_no_place_where_it_was_made(word: str) -> None:
    holders = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if word.encode() in path.read_bytes()  # binary files too
    ]
    assert not holders


def test_locks_hold_no_address() -> None:
    for lock in ROOT.glob("*.lock"):
        assert not re.search(
            r"https?://|--(extra-)?index-url|--find-links", lock.read_text(encoding="utf-8")
        ), lock.name


def test_every_pinned_package_has_hashes() -> None:
    for lock in ROOT.glob("*.lock"):
        blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
        pins = [block for block in blocks if not block.startswith("#")]
        assert pins
        assert not [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin], lock.name


def test_the_object_store_only_adds_to_the_runtime_lock() -> None:
    """An office that installs the extra gets the same versions of everything else."""
    plain, more = (
        set(re.findall(r"^\S+==\S+", (ROOT / name).read_text(encoding="utf-8"), flags=re.M))
        for name in ("requirements.lock", "requirements-s3.lock")
    )
    assert plain < more
    assert {pin.partition("==")[0] for pin in more - plain} == {"botocore", "jmespath"}
