"""Escaping: text from the data is shown as it is and never read as formatting, a link or an image."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~:$|&])")

_REWRITTEN = re.compile(r"^(?=[-+\d])|(?<=:)(?=[/a-z])|(?<=www)(?=\.)|(?=@)|(?<=[-<>=~])(?=[-<>=])", re.IGNORECASE)
"""Where a list may begin, and what is rewritten even if escaped: addresses, icons, arrows."""
_WORD_JOINER = "\u2060"
"""An invisible character without width, at which a line does not break."""
_SHOWN = re.compile(rf"\\(.)|\*\*|{_WORD_JOINER}")


def for_markdown(text: str) -> str:
    """Return text that Markdown shows letter for letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", _REWRITTEN.sub(_WORD_JOINER, " ".join(text.split())))


def for_chart(text: str) -> str:
    """Return text that Plotly shows letter for letter; it reads some HTML in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def strip_markdown(markdown: str) -> str:
    """Return a text as Markdown would show it: without bold, and without the escapes of `for_markdown`."""
    return _SHOWN.sub(lambda found: found[1] or "", markdown)
