"""Imports point one way, as the docstring of the package draws it, and nowhere in a circle."""

import ast
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted([*ROOT.glob("analytics/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("*.py")])

MAY_IMPORT = {
    "arrow_query": set(),
    "settings": set(),
    "events": {"arrow_query"},
    "reading": {"events"},
    "simulation": {"events"},
    "store": {"events", "settings", "arrow_query"},
    "asking": {"store"},
    "access": {"store", "server", "settings"},
    "collector": {"store", "events", "settings", "numbers", "metrics.filters", "server.app_folder", "server.loopback"},
    "facts": {"events.customers", "events.frame", "events.timestamps"},
    "metrics": {
        "facts",
        "events.customer_id",
        "events.customers",
        "events.frame",
        "events.timestamps",
        "events.export",
    },
    "live": {"facts", "store", "events"},
    "words": {"metrics", "facts", "events.export"},
    "numbers": {"words", "live", "metrics", "facts", "store", "events"},
    "sending": set(),
    "server": set(),
    "ui": {"access", "server", "words", "live", "metrics", "facts", "store", "events", "reading", "simulation",
           "sending", "settings"},
    "cli": {"server", "words", "live", "metrics", "facts", "store", "events", "reading", "simulation", "sending",
            "settings", "collector", "asking", "numbers"},
}  # fmt: skip
"""What of `analytics` each part of it may import beside itself: whole parts, or single modules of one."""

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
    "arrow_query": {"duckdb"},
    "events": {"duckdb"},
    "store": {"duckdb", "sqlalchemy", "psycopg"},
    "asking": {"sqlalchemy"},
    "collector": {"starlette", "uvicorn"},
    "server": {"streamlit", "starlette", "uvicorn"},
    "access": {"streamlit", "starlette"},
    "sending": {"requests"},
    "ui": {"streamlit"},
    "cli": {"click", "starlette", "uvicorn"},
}
"""Which of the libraries that belong to one part each part may use; the others use none of them."""

SEEN_FROM_ELSEWHERE = {
    "agents": "what agents do, in numbers, on the screen and in the settings",
    "audit": "who did what, as it is kept and in a shell",
    "backup": "backups, and the command that makes one",
    "case": "one conversation, as facts and on the screen",
    "changes": "what changed most, as numbers and in words",
    "check": "what holds and what does not: of what is stored, in a shell, and of a collector, on the screen",
    "customers": "which ids are one person's, as events say and as it is kept",
    "collector": "the collector, and the command that starts it alone",
    "export": "event frames as files, and the command that writes them",
    "imports": "the history of imports, and the command that lists it",
    "main": "what a run begins with, on the screen and in a shell",
    "mapping": "what the columns of a table hold, in a shell and on the screen",
    "page": "what draws a page that has a room of its own",
    "parameters": "what commands and addresses are told",
    "preferences": "what a team sets, as it is kept and as it changes the screen",
    "people": "who may sign in, as they are kept and in a shell",
    "rejected": "rejected events, as they come and as they are kept",
    "rules": "the settings under which facts are made, and what preferences make of them",
    "repeats": "events that came again, as they come and as they are kept",
    "left_out": "optional properties that could not be used, as they are found and as they are counted",
    "restore": "restoring a backup, and the command that does it",
    "simulate": "realistic traffic, and the command that writes it",
    "tables": "rows and columns, in the store and on the screen",
    "two_people": "who may be two people, as found and on the screen",
    "unread": "what other systems sent that was not understood, as it comes and as it is kept",
    "validate": "validation, and the command that counts what it finds",
}
"""File names that occur in several parts, and the one thing that each is."""

MOST_LINES = 350
MOST_ROOMS_OF_THE_SCREEN = 20


def name_of(path):
    """The full name of a module of the package."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in FILES if path.is_relative_to(ROOT / "analytics")}


def imports(path):
    """The full names of all modules, or names in them, that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def modules_imported(path):
    """The modules of the package that a file imports, those imported for types alone among them."""
    return {name if name in MODULES else name.rpartition(".")[0] for name in imports(path)} & MODULES.keys()


def part_of(path):
    """The part of the package that a file belongs to; none for the package itself, pages and the app."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "analytics" and parts[1] != "__init__" else None


def allowed(module, parts):
    return any(f"{module}.".startswith(f"analytics.{part}.") for part in parts)


IN_PARTS = [path for path in FILES if part_of(path)]
FOLDERS = sorted(name for name, path in MODULES.items() if path.name == "__init__.py")


@pytest.mark.parametrize("path", IN_PARTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_part_imports_only_the_parts_below_it(path):
    ours = [module for module in imports(path) if module.split(".")[0] == "analytics"]
    may = MAY_IMPORT[part_of(path)] | {part_of(path)}
    assert [module for module in ours if not allowed(module, may)] == []


@pytest.mark.parametrize("path", IN_PARTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_library_is_used_only_where_it_belongs(path):
    libraries = {module.split(".")[0] for module in imports(path)}
    assert libraries & FOREIGN <= MAY_USE.get(part_of(path), set())


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "pages"], ids=lambda path: path.name)
def test_a_page_takes_its_data_from_the_package_and_draws_it(path):
    libraries = {module.split(".")[0] for module in imports(path)}
    assert libraries & FOREIGN <= {"streamlit"}


ON_SCREEN = [path for path in FILES if path.parent.name == "pages" or path.is_relative_to(ROOT / "analytics" / "ui")]
OF_THE_DATA = ("analytics.facts", "analytics.events.frame", "analytics.metrics.selection")
HOLDING_DATA = {"facts", "selection", "shard", "shards", "found"}
THE_VIEW = ROOT / "analytics" / "ui" / "data" / "view.py"


@pytest.mark.parametrize("path", ON_SCREEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_screen_asks_the_view_and_touches_neither_facts_nor_events(path):
    of_the_data = [
        module for module in imports(path) if f"{module}.".startswith(tuple(f"{one}." for one in OF_THE_DATA))
    ]
    touched = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
    if path == THE_VIEW:
        assert of_the_data == ["analytics.metrics.selection.Scope", "analytics.metrics.selection.Selection"]
    else:
        assert of_the_data == []
        assert touched & HOLDING_DATA == set()


def test_nothing_of_the_package_imports_a_page_or_the_app():
    for path in IN_PARTS:
        assert {module.split(".")[0] for module in imports(path)}.isdisjoint({"pages", "streamlit_app"}), path


def test_no_modules_import_each_other_in_a_circle():
    assert circle({name: modules_imported(path) for name, path in MODULES.items()}) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_rooms_of_a_folder_import_each_other_in_no_circle(folder):
    assert circle(arrows_between_rooms(folder)) == []


def arrows_between_rooms(folder):
    """Of each module or folder that lies in a folder, which others of it are imported from within."""
    arrows = defaultdict(set)
    for name, path in MODULES.items():
        for imported in modules_imported(path):
            here, there = room_of(name, folder), room_of(imported, folder)
            if here and there and here != there:
                arrows[here].add(there)
    return arrows


def room_of(module, folder):
    return module.removeprefix(f"{folder}.").split(".")[0] if module.startswith(f"{folder}.") else None


def circle(arrows):
    """A circle among the arrows, none where there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_what_never_reaches_streamlit_is_no_part_of_the_screen():
    screen = {name: path for name, path in MODULES.items() if part_of(path) == "ui" and path.name != "__init__.py"}
    reaching = {name for name, path in screen.items() if "streamlit" in {each.split(".")[0] for each in imports(path)}}
    while more := {name for name in screen.keys() - reaching if modules_imported(screen[name]) & reaching}:
        reaching |= more
    assert screen.keys() - reaching <= {"analytics.ui.browser.session"}  # what the session of Streamlit holds


def test_a_file_name_stands_for_one_thing():
    parts = defaultdict(set)
    for path in IN_PARTS:
        if path.name != "__init__.py":
            parts[path.stem].add(path.parent)
    assert {name for name, folders in parts.items() if len(folders) > 1} == SEEN_FROM_ELSEWHERE.keys()


def test_no_file_is_longer_than_one_reads_at_a_time():
    lines = {path: len(path.read_text().splitlines()) for path in FILES}
    assert {path for path, count in lines.items() if count > MOST_LINES} == set()


def test_the_screen_has_few_rooms():
    screen = ROOT / "analytics" / "ui"
    rooms = [each for each in screen.iterdir() if each.name not in {"__init__.py", "__pycache__"}]
    assert len(rooms) <= MOST_ROOMS_OF_THE_SCREEN
