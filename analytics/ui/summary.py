"""The summary: a period on one A4 sheet, black on white in every theme, without names of customers."""

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

from analytics.metrics import breakdowns, report
from analytics.metrics.changes import compare_counts, count_what_changes
from analytics.ui import agents
from analytics.ui.data.view import View
from analytics.ui.elements import cards, metric_table
from analytics.ui.elements.cards import FilledCard
from analytics.ui.elements.downloads import ALL_DAYS, describe_view
from analytics.ui.elements.explanation import describe_reading
from analytics.ui.overview import changes, finding
from analytics.words import display, headlines, wait_kinds
from analytics.words.escape import strip_markdown
from analytics.words.meanings import READINGS

_LONGEST_VALUE = 60
"""The most letters of a filter's values on the sheet."""

_STYLE = """<style>
.sheet {
    box-sizing: border-box; max-width: 190mm; margin: 0 auto; padding: 10mm;
    background: #fff; color: #141312; box-shadow: 0 1px 8px #0004; font-size: 10pt; line-height: 1.4;
    overflow-wrap: anywhere;
}
.sheet :is(h1, h2) { color: inherit; padding: 0; font-weight: 600; }
.sheet h1 { font-size: 18pt; margin: 0; }
.sheet h2 { font-size: 11pt; margin: 4mm 0 1.5mm; }
.sheet :is(p, ul, dl, dd) { margin: 0; padding: 0; font-size: inherit; }
.sheet ul { list-style: none; }
.sheet li { margin: .6mm 0; padding: 0; font-size: inherit; }
.sheet .about { color: #55524e; margin-top: 1mm; }
.sheet .readings { color: #55524e; margin-top: 3mm; font-size: 9pt; }
.sheet .numbers { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2.5mm; margin-top: 3mm; }
.sheet .numbers div { border: 1px solid #cfccc8; border-radius: 2mm; padding: 2mm 2.5mm 1mm; }
.sheet small { display: block; color: #55524e; font-size: 8pt; }
.sheet dd b { font-size: 15pt; font-weight: 600; margin-right: 1.5mm; }
.sheet .sparkline { display: block; width: 100%; height: 11mm; }
.sheet table { width: 100%; border-collapse: collapse; overflow-wrap: break-word; }
.sheet :is(th, td) { border: 0; border-bottom: 1px solid #dedbd7; padding: .9mm 2mm .9mm 0; text-align: left; }
.sheet th { color: inherit; font-weight: 600; }
@media (max-width: 640px) {
    .sheet { padding: 5mm; }
    .sheet .numbers { grid-template-columns: repeat(2, 1fr); }
}
@page { size: A4; margin: 10mm; }
@media print {
    body *:not(:has(.sheet), .sheet, .sheet *) { display: none !important; }
    html, body, :has(.sheet) {
        display: block !important; position: static !important; overflow: visible !important; background: #fff;
        height: auto !important; min-height: 0 !important; max-width: none !important; padding: 0 !important;
    }
    .sheet { max-width: none; max-height: 276mm; overflow: hidden; padding: 0; box-shadow: none; }
    .sheet .numbers { grid-template-columns: repeat(3, 1fr); }
}
</style>"""


def draw(view: View) -> None:
    """Draw the sheet, and the button that prints it."""
    st.html(_STYLE)
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center"):
        st.button("Print, or save as PDF", key="print sheet", icon=":material/print:", type="primary")
    st.html(build_sheet(view))


def build_sheet(view: View) -> str:
    """Return the sheet as HTML: its description, six numbers, the finding of each report, changes, and the metrics."""
    of = dict(describe_view(view))
    period = of.pop("Period")
    parts = [
        f"<h1>WhatsApp summary: {escape(period if period != ALL_DAYS else 'all days')}</h1>",
        f'<p class="about">{" · ".join(f"{name}: {escape(_shorten(value))}" for name, value in of.items())}</p>',
        _build_numbers(cards.fill_overview(view, view.interval)),
        "<h2>One sentence for each page</h2>",
        _build_list(f"<b>{name}:</b> {escape(strip_markdown(said))}" for name, said in _write_findings(view).items()),
        *_build_changes(view),
        f"<h2>{metric_table.NAME}</h2>",
        _build_metrics(view),
        f'<p class="readings">{escape(strip_markdown(READINGS))}</p>',
    ]
    return f'<article class="sheet">{"".join(parts)}</article>'


def _shorten(values: str) -> str:
    """Return a list of names; if it is longer than a line, only the first name and how many more there are."""
    if len(values) <= _LONGEST_VALUE:
        return values
    names = values.split(", ")
    return f"{names[0][:_LONGEST_VALUE]} and {len(names) - 1} more" if len(names) > 1 else f"{values[:_LONGEST_VALUE]}…"


def _write_findings(view: View) -> Mapping[str, str]:
    numbers, wait = view.numbers, wait_kinds.leading_wait(view.numbers)
    handoffs = view.ask(breakdowns.count_handoffs)
    return {
        "Overview": finding.write_finding(view),
        "Response times": headlines.response_times(wait.of(numbers), wait),
        "Messages": headlines.messages(numbers),
        "Bot and handoffs": headlines.bot_and_handoffs(numbers, handoffs),
        "Agents": headlines.agents(numbers, agents.count_slower(view)),
        "Customers": headlines.customers(numbers),
    }


def _build_numbers(shown: Iterable[FilledCard]) -> str:
    boxes = (
        f"<div><dt>{escape(one.card.label)}</dt><dd><b>{escape(one.shown)}</b>{escape(one.change or '')}"
        f"{f' <small>{escape(one.cases)}</small>' if one.cases else ''}{one.picture}</dd></div>"
        for one in shown
    )
    return f'<dl class="numbers">{"".join(boxes)}</dl>'


def _build_changes(view: View) -> list[str]:
    before = view.ask_before(count_what_changes)
    found = compare_counts(view.ask(count_what_changes), before) if before else []
    said = _build_list(escape(strip_markdown(changes.describe_change(change))) for change in found)
    return ["<h2>What changed most</h2>", said] if found else []


def _build_metrics(view: View) -> str:
    rows = report.metric_table(view.numbers, view.previous_numbers, settled=view.is_settled)
    names = ["Metric", "Raw event count", "Per message", *(["Change"] if view.is_compared else [])]
    lines = (
        [
            row.metric.label,
            describe_reading(row.metric, row.guide),
            describe_reading(row.metric, row.ledger),
            *([display.change(row.metric, row.ledger, row.previous_ledger)] if view.is_compared else []),
        ]
        for row in rows
    )
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _build_list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
