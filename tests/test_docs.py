"""The documentation tells the truth: what it shows is what the program does."""

import importlib.util
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from analytics.cli.main import commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_table_of_metrics_is_the_one_that_the_declarations_give():
    spec = importlib.util.spec_from_file_location("metrics_table", ROOT / "docs" / "metrics_table.py")
    metrics_table = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(metrics_table)
    assert metrics_table.renewed(README) == README


def test_every_command_appears_in_the_readme():
    for name in commands.commands:
        assert f"analytics {name}" in README


def test_every_command_explains_itself_with_an_example():
    for name, command in commands.commands.items():
        shown = CliRunner().invoke(commands, [name, "--help"]).output
        assert f"Example: analytics {name}" in re.sub(r"\s+", " ", shown), command


def test_the_example_shows_the_real_output(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    command, output = re.search(
        r"```console\n\$ uv run analytics (metrics tests.*?)\n(.*?)```", README, re.DOTALL
    ).groups()
    assert CliRunner().invoke(commands, shlex.split(command)).output == output


def test_the_two_commands_do_all_set_up():
    assert "\npip install uv && uv run streamlit run streamlit_app.py\n" in README
    assert "\npip install uv && uv run pytest\n" in README


def test_continuous_integration_runs_the_test_command_of_the_readme():
    assert "pip install uv && uv run pytest" in (ROOT / ".ci" / "run").read_text()


def test_links_and_pictures_lead_somewhere():
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_every_dependency_says_what_it_is_for():
    declared = re.findall(r'^    "[a-z-]+.*[>=].*$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert len(declared) > 30
    assert [line for line in declared if not re.search(r'",\s+# \S', line)] == []
