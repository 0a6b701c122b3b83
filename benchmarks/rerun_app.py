"""The app with a million events in it from the start, for `rerun.py`."""

import os
from pathlib import Path

import streamlit as st
import traffic

from analytics import Validation, build_facts
from analytics.live.dataset import Dataset
from analytics.server.middleware import MAIN_SCRIPT, routes
from analytics.ui.data.datasets import datasets

DATA = "benchmark"


def load(cache: Path, events: int) -> Dataset:
    """Put simulated events among the datasets of this process."""
    frame = traffic.frame(cache, events)
    return datasets().add(Dataset(DATA, "Simulated", Validation(frame, []), build_facts(frame)))


if "BENCHMARK_CACHE" in os.environ:
    load(Path(os.environ["BENCHMARK_CACHE"]), int(os.environ["BENCHMARK_EVENTS"]))
    app = st.App(MAIN_SCRIPT, routes=routes())
