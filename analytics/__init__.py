"""Analytics for WhatsApp business messaging.

Data walks one way; each step is one function::

    read_dump ─▶ validate ──▶ build_facts ──▶ Selection(facts, Filter(…)) ──▶ report
      lines        │ event       facts           the facts that pass            all metrics
                   │ frame
                   └▶ rejected events, with their reasons

A notebook needs little more than this::

    from analytics import Filter, build_facts, read_dump, report, validate

    found = validate(read_dump("events.ndjson"))
    numbers = report(build_facts(found.events), Filter(timezone="Africa/Nairobi"))
"""

from analytics.events.dump_error import DumpError
from analytics.events.files.dump import read_dump
from analytics.events.validate import Validation, validate
from analytics.facts.facts import Facts, build_facts
from analytics.facts.rules import Rules
from analytics.metrics.filters import Filter
from analytics.metrics.report import METRICS, metric_table, report
from analytics.metrics.selection import Selection

__all__ = [
    "METRICS",
    "DumpError",
    "Facts",
    "Filter",
    "Rules",
    "Selection",
    "Validation",
    "build_facts",
    "metric_table",
    "read_dump",
    "report",
    "validate",
]
