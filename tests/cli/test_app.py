"""`analytics app`: places where it cannot listen, or may not. That it serves is shown by `tests/test_wheel.py`."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import free_port

ROOT = Path(__file__).parents[2]


def test_a_port_that_is_taken_is_a_mistake_of_one_line(run):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        code, out, err = run("app", "--port", port)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: The app cannot listen on 127.0.0.1, port {port}: Address already in use")
    assert err.count("\n") == 1


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "203.0.113.7", "reports.example"])  # noqa: S104
def test_an_address_that_others_reach_is_refused_with_what_to_do(run, address):
    code, out, err = run("app", "--host", address)
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: The app would answer other machines at {address},")
    assert "Set up sign-in" in err
    assert "ssh -L" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("told", ["flag", "file"])
def test_the_address_to_listen_at_is_checked_before_the_app_is_there(told, tmp_path):
    """As Streamlit imports it, without listening, which no test does where others reach it."""
    code = "import streamlit_app"
    if told == "flag":
        code = f"from streamlit.web import bootstrap; bootstrap.load_config_options({{'server_address': ''}}); {code}"
    else:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "config.toml").write_text("[server]\naddress = '0.0.0.0'\n")
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    where = "all addresses" if told == "flag" else "0.0.0.0"  # noqa: S104
    assert ended.stderr.startswith(f"Error: The app would answer other machines at {where},")


def test_the_app_ends_before_it_answers_where_streamlit_is_told_to_let_others_in():
    """The address to listen on has the same check, in `tests/server/test_middleware.py`: no test listens there."""
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", f"--server.port={free_port()}"],
        env={**os.environ, "STREAMLIT_SERVER_HEADLESS": "1", "STREAMLIT_BROWSER_SERVER_ADDRESS": "reports.example"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    (said,) = ended.stderr.splitlines()
    assert said.startswith("Error: The app would answer other machines at reports.example,")
