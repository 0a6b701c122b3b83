"""The wheel is the product: in an environment that holds nothing else it serves the same app as a checkout does."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import Config
from websockets.sync.client import connect

from analytics.server.app_folder import app_folder, shell_command
from tests.servers import free_port, wait_until_healthy

pytestmark = pytest.mark.xdist_group("wheel")

ROOT = Path(__file__).parents[1]
OPTIONS = ROOT / ".streamlit" / "config.toml"
LISTENING = "0A"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with nothing of the project in it or above it."""
    return tmp_path_factory.mktemp("wheel")


@pytest.fixture(scope="module")
def wheel(folder):
    """The wheel."""
    uv("build", "--wheel", "--out-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def app(wheel, folder):
    """A process of `analytics app`, and the port at which it serves."""
    environment = installed(wheel, folder)
    started_in, home = folder / "empty", folder / "home"
    started_in.mkdir()
    home.mkdir()
    port = free_port()
    theirs = ("ANALYTICS_", "STREAMLIT_", "PYTHON")
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [environment / "bin" / "analytics", "app", f"--port={port}"],
            cwd=started_in,
            env={name: value for name, value in os.environ.items() if not name.startswith(theirs)}
            | {"HOME": str(home), "STREAMLIT_SERVER_HEADLESS": "true"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield process, port
        finally:
            process.terminate()
            process.wait(30)
        log.seek(0)
        said = log.read()
        assert "Traceback" not in said, said


def installed(wheel, folder):
    """A new environment with the wheel and what it asks for, in the versions that tests run with."""
    environment, versions = folder / "environment", folder / "versions.txt"
    uv("export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", "-o", versions, cwd=ROOT)
    uv("venv", "--python", sys.executable, environment, cwd=folder)
    uv("pip", "install", "--python", environment, "--constraint", versions, wheel, cwd=folder)
    return environment


def uv(*command, cwd):
    """Run uv; outside the project it compiles nothing ahead, for a start needs a small part of all there is."""
    done = subprocess.run([os.environ.get("UV", "uv"), *command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def shown(port):
    """What a browser is told when it opens the app: the session, and the menu."""
    told = {}
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as connection:
        opened = BackMsg()
        opened.rerun_script.query_string = ""
        connection.send(opened.SerializeToString())
        while "script_finished" not in told:
            message = ForwardMsg.FromString(connection.recv(60))
            told[message.WhichOneof("type")] = message
    return told["new_session"].new_session, told["navigation"].navigation


def listening_at(process):
    """The addresses at which a process listens, as the kernel writes them."""
    files = {str(file.readlink()) for file in Path(f"/proc/{process.pid}/fd").iterdir()}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, address, _, state, *_, inode = line.split()[:10]
            if state == LISTENING and f"socket:[{inode}]" in files:
                yield address


def test_a_wheel_holds_what_a_checkout_has_beside_the_package(wheel):
    files = zipfile.ZipFile(wheel)
    beside = [ROOT / "streamlit_app.py", OPTIONS, *(ROOT / "pages").glob("*.py")]
    for path in beside:
        assert files.read(f"analytics/app/{path.relative_to(ROOT)}") == path.read_bytes()
    held = [name for name in files.namelist() if name.startswith("analytics/app/")]
    assert len(held) == len(beside)


def test_a_wheel_holds_all_files_of_the_package(wheel):
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "analytics").rglob("*.*") if path.suffix != ".pyc"}
    assert files <= set(zipfile.ZipFile(wheel).namelist())


def test_a_checkout_is_run_from_its_own_folder():
    assert app_folder() == ROOT
    assert shell_command("keys list") == "uv run analytics keys list"


def test_the_app_of_a_wheel_serves_pages_collector_and_map(app):
    _, port = app
    for path in ("/", "/agents", "/map/world_110m.json"):
        assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=60).status_code == 200
    assert requests.get(f"http://127.0.0.1:{port}/v1/health", timeout=60).json() == {"status": "ok"}


def test_a_wheel_names_commands_as_they_are_called_there(app, folder):  # noqa: ARG001
    code = "from analytics.server.app_folder import shell_command; print(shell_command('keys list'))"
    python = folder / "environment" / "bin" / "python"
    done = subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == "analytics keys list\n"


def test_the_app_of_a_wheel_has_every_page(app):
    _, menu = shown(app[1])
    assert len(menu.app_pages) == len(list((ROOT / "pages").glob("*.py")))


def test_the_app_of_a_wheel_has_our_options(app):
    session, _ = shown(app[1])
    options = tomllib.loads(OPTIONS.read_text())
    assert session.config.gather_usage_stats is False
    assert session.config.toolbar_mode == Config.ToolbarMode.MINIMAL
    for mode in ("light", "dark"):
        assert getattr(session.custom_theme, mode).primary_color == options["theme"][mode]["primaryColor"]


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="Linux tells who listens where")
def test_the_app_of_a_wheel_listens_on_this_machine_alone(app):
    process, port = app
    at = list(listening_at(process))
    assert f"0100007F:{port:04X}" in at
    assert [address for address in at if not address.startswith("0100007F:")] == []  # commands reach it at another port


def test_the_app_of_a_wheel_keeps_events_where_it_is_started(app, folder):  # noqa: ARG001
    assert (folder / "empty" / "data" / "events.duckdb").exists()
