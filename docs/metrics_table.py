"""Renew the table of metrics in the README from their declarations."""

import re
from pathlib import Path

from analytics import METRICS

README = Path(__file__).parents[1] / "README.md"


def table() -> str:
    """Return the Markdown table of all metrics."""
    lines = ["| metric | what it says | raw event count | per message |", "|---|---|---|---|"]
    lines += [f"| {m.label} | {m.definition} | `{m.formula}` | {m.per_message} |" for m in METRICS]
    return "\n".join(lines)


def renewed(text: str) -> str:
    """Return a README with the table between its markers made anew."""
    return re.sub(
        r"(<!-- metrics -->\n).*?(\n<!-- /metrics -->)",
        lambda m: m[1] + table() + m[2],
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
