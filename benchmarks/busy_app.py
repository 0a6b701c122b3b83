"""The app as it is, which notes how long each run of its main script took, for `busy.py`."""

import gc
import os
import time
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.types import ASGIApp
from streamlit.runtime.scriptrunner import script_runner

from analytics.collector.collector import running
from analytics.server import middleware
from analytics.server.middleware import MAIN_SCRIPT
from streamlit_app import collector

RUNS = Path(os.environ["BENCHMARK_RUNS"])
run = script_runner.exec_func_with_error_handling


def timed(code: Any, context: Any) -> Any:
    began = time.perf_counter()
    found = run(code, context)
    if not context.fragment_ids_this_run:
        with RUNS.open("a") as runs:
            runs.write(f"{time.perf_counter() - began}\n")
    return found


script_runner.exec_func_with_error_handling = timed
app: ASGIApp = st.App(
    MAIN_SCRIPT, routes=middleware.routes(), lifespan=lambda _: running(collector), middleware=middleware.middleware()
)
app = middleware.MountedApp(app, path="/v1", served=collector)
gc.collect()
gc.freeze()
