"""Imports point one way, as the docstring of the package draws it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("analytics/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("*.py")])

MAY_IMPORT = {
    "events": {"events"},
    "store": {"store", "events", "settings"},
    "collector": {"collector", "store", "events", "settings"},
    "metrics": {"metrics", "events.frame", "events.timestamps"},
    "display": {"metrics.metric"},
    "ui": {"ui", "metrics", "store", "events", "sending", "settings", "display"},
    "cli": {"cli", "metrics", "store", "collector", "events", "sending", "settings", "display"},
    "sending": {"events", "settings"},
    "settings": set(),
}
"""What of `analytics` each part of it may import: whole parts, or single modules of one."""

FOREIGN = {
    "streamlit",
    "starlette",
    "uvicorn",
    "sqlalchemy",
    "duckdb",
    "psycopg",
    "requests",
    "plotly",
    "click",
}
MAY_USE = {
    "events": {"duckdb"},
    "metrics": set(),
    "display": set(),
    "store": {"duckdb", "sqlalchemy", "psycopg"},
    "collector": {"starlette", "uvicorn"},
    "ui": {"streamlit", "starlette", "uvicorn", "plotly"},
    "cli": {"click", "starlette", "uvicorn"},
    "sending": {"requests"},
    "settings": set(),
}
"""Which of the libraries that belong to one part each part may use."""


def imports(path):
    """The full names of all modules, or names in them, that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def part_of(path):
    """The part of the package that a file belongs to; none for the package itself, pages and the app."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "analytics" and parts[1] != "__init__" else None


def allowed(module, parts):
    return any(f"{module}.".startswith(f"analytics.{part}.") for part in parts)


IN_PARTS = [path for path in FILES if part_of(path)]


@pytest.mark.parametrize("path", IN_PARTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_part_imports_only_the_parts_below_it(path):
    ours = [module for module in imports(path) if module.split(".")[0] == "analytics"]
    assert [module for module in ours if not allowed(module, MAY_IMPORT[part_of(path)])] == []


@pytest.mark.parametrize("path", IN_PARTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_is_used_only_where_it_belongs(path):
    libraries = {module.split(".")[0] for module in imports(path)}
    assert libraries & FOREIGN <= MAY_USE[part_of(path)]


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "pages"], ids=lambda path: path.name)
def test_a_page_takes_its_data_from_the_package_and_draws_it(path):
    libraries = {module.split(".")[0] for module in imports(path)}
    assert libraries & FOREIGN <= {"streamlit", "plotly"}


def test_nothing_of_the_package_imports_a_page_or_the_app():
    for path in IN_PARTS:
        assert {module.split(".")[0] for module in imports(path)}.isdisjoint({"pages", "streamlit_app"}), path
