"""The glossary and the code use the same words."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \| (?P<where>[^|]+) \|$", re.MULTILINE)

WORDS = (
    "account", "attribution", "batch", "capture", "card", "case", "cell", "chip", "conversation", "customer", "dataset",
    "event", "event frame", "fact", "filter", "handoff", "import", "ledger", "matching", "measure", "metric", "outcome",
    "per message", "period", "project", "provenance", "raw event count", "read key", "receipt", "rejected event",
    "selection", "snapshot", "store", "view", "wait", "write key",
)  # fmt: skip
"""The words that the architecture names, and those that the code uses daily."""

rows = {row["word"]: row for row in ROW.finditer((ROOT / "docs" / "glossary.md").read_text()) if row["word"] != "word"}


def defined(module: Path) -> set[str]:
    """Return the names that a module defines."""
    names = set()
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def test_every_word_has_its_sentence():
    assert set(WORDS) <= rows.keys()


def test_words_stand_once_and_the_sentence_ends():
    words = [row["word"] for row in ROW.finditer((ROOT / "docs" / "glossary.md").read_text())]
    assert len({word for word in words if word in rows}) == sum(word in rows for word in words)
    assert [word for word, row in rows.items() if not row["meaning"].endswith((".", "?"))] == []


@pytest.mark.parametrize("word", sorted(rows))
def test_a_word_lives_in_a_module_that_defines_it(word):
    module, *names = re.findall(r"`([^`]+)`", rows[word]["where"])
    path = ROOT / module
    assert path.is_file(), f"{word}: there is no {module}"
    assert set(names) <= defined(path), f"{word}: {module} does not define it"
    spoken = re.sub(r"[_\s]+", " ", path.read_text().lower())
    assert names or word in spoken, f"{word}: {module} does not speak of it"
