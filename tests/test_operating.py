"""The guide to operating tells the truth: each of its commands does what it says, as it stands there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.store.event_store import open_store_at
from analytics.store.write_keys import DEFAULT_PROJECT
from tests.events_of import ndjson, received
from tests.servers import free_port, wait_until_healthy

GUIDE = (Path(__file__).parents[1] / "docs" / "operating.md").read_text()
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) for line in block.splitlines()]
SERVE = ("analytics app", "analytics collector")
POSTGRES_URL = "postgresql://events@db.example/events"


class Shell:
    """Somebody's shell, in an empty folder, on a machine that has PostgreSQL's programs."""

    def __init__(self, folder, programs):
        path = os.pathsep.join([str(Path(sys.executable).parent), str(programs), os.environ["PATH"]])
        self.environment = {key: text for key, text in os.environ.items() if key != "ANALYTICS_STORE_URL"}
        self.environment |= {"PATH": path, "PYTHONPATH": str(Path(__file__).parents[1])}
        self._folder = folder
        self._serving = []

    def run(self, command):
        """Run a command and return what it prints; it must end well."""
        run = {"cwd": self._folder, "env": self.environment, "text": True}
        ended = subprocess.run(["bash", "-c", command], capture_output=True, check=False, **run)
        assert ended.returncode == 0, (command, ended.stderr)
        return ended.stdout

    def serve(self, command):
        """Start a server at a port of its own and return once it answers."""
        port = free_port()
        command = re.sub(r" --(host|port) \S+", "", command)  # no test listens beyond this machine
        with (self._folder / "log").open("a") as log:
            serving = subprocess.Popen(
                [*command.split(), f"--port={port}"], cwd=self._folder, env=self.environment, stderr=log, stdout=log
            )
        self._serving.append(serving)
        wait_until_healthy(f"http://127.0.0.1:{port}/v1/health", serving)

    def stop(self):
        while self._serving:
            serving = self._serving.pop()
            serving.terminate()
            serving.wait(60)


@pytest.fixture
def shell(tmp_path, postgres):
    (tmp_path / "backups").mkdir()
    shell = Shell(tmp_path, postgres.programs)
    yield shell
    shell.stop()


def test_each_command_runs(shell, postgres, tmp_path):
    database = postgres.new_database()
    (tmp_path / "dump.ndjson").write_bytes(ndjson([received("06:30", "m1"), received("06:31", "m2")]))
    for command in COMMANDS:
        program, _, rest = command.partition(" ")
        if program == "export":
            name, _, value = rest.partition("=")
            assert value == POSTGRES_URL
            shell.environment[name] = database
        elif command.startswith(SERVE):
            shell.serve(command)
            shell.run("analytics import dump.ndjson")
        elif program == "analytics":
            shell.environment.pop("ANALYTICS_STORE_URL", None)
            if rest.startswith("restore"):
                shell.stop()
            shell.run(command.replace("/backups", str(tmp_path / "backups")))
        else:
            shell.environment["ANALYTICS_STORE_URL"] = database if program == "pg_dump" else postgres.new_database()
            shell.run(command)
    for url in (f"duckdb:///{tmp_path}/data/events.duckdb", shell.environment["ANALYTICS_STORE_URL"]):
        store = open_store_at(url)
        (project,) = store.projects()
        assert (project.name, store.count(project.id)) == (DEFAULT_PROJECT, 2)
        store.close()


def test_the_guide_has_commands_of_each_kind():
    assert {command.split()[0] for command in COMMANDS} == {"analytics", "export", "pg_dump", "pg_restore"}
    assert {command.split()[1] for command in COMMANDS if command.startswith("analytics")} == {
        "app", "collector", "backup", "check", "restore",
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_takes_the_unit(tmp_path):
    (unit,) = re.findall(r"```ini\n(.*?)```", GUIDE, re.DOTALL)
    path = tmp_path / "analytics-collector.service"
    path.write_text(unit.replace("/srv/analytics/.venv/bin/analytics", sys.executable).replace("User=analytics\n", ""))
    said = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False).stderr
    assert [line for line in said.splitlines() if path.name in line] == []
