"""A session whose browser has left is closed, and what it held is let go of."""

import time
from pathlib import Path

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime
from websockets.sync.client import connect

from analytics.server.sessions import closing_left_sessions, count_sessions
from tests.servers import serving


def wait_for(happened):
    until = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


def kept():
    return len(Runtime.instance()._session_mgr.list_sessions())  # noqa: SLF001


def test_a_session_is_closed_soon_after_its_browser_has_left(tmp_path):
    script = Path(tmp_path / "page.py")
    script.write_text("import streamlit as st\nst.title('Here')\n")
    ticks = []

    def lifespan(_):
        return closing_left_sessions(lambda: ticks.append(kept()), life=0.2, look=0.05)

    with serving(st.App(script, lifespan=lifespan)) as address:
        with connect(f"{address.replace('http', 'ws')}/_stcore/stream", subprotocols=["streamlit"]) as browser:
            browser.send(BackMsg(rerun_script={"query_string": ""}).SerializeToString())
            browser.recv(timeout=20)
            wait_for(lambda: count_sessions() == 1)
            wait_for(lambda: len(ticks) > 10)
            assert count_sessions() == 1, "it stays while the browser is there"
        wait_for(lambda: count_sessions() == 0)
        wait_for(lambda: kept() == 0)
