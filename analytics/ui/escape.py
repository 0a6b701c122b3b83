"""Text that came with the data, made harmless: shown as it is, never read as formatting, a link or an image."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~:$|])")


def for_markdown(text: str) -> str:
    """Return text that Markdown shows letter for letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def for_chart(text: str) -> str:
    """Return text that Plotly shows letter for letter; it reads some HTML in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
