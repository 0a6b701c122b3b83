"""Text that came with the data, made harmless: shown as it is, never read as formatting, a link or an image."""

import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#~:$|&])")

_REWRITTEN = re.compile(r"^(?=[-+\d])|(?<=:)(?=[/a-z])|(?<=www)(?=\.)|(?=@)|(?<=[-<>=~])(?=[-<>=])", re.IGNORECASE)
"""Where a list may begin, and within what is rewritten even if escaped: addresses, icons, arrows."""
_WORD_JOINER = "\u2060"
"""Takes no room, and breaks no line."""
_SHOWN = re.compile(rf"\\(.)|\*\*|{_WORD_JOINER}")


def for_markdown(text: str) -> str:
    """Return text that Markdown shows letter for letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", _REWRITTEN.sub(_WORD_JOINER, " ".join(text.split())))


def for_chart(text: str) -> str:
    """Return text that Plotly shows letter for letter; it reads some HTML in labels."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(markdown: str) -> str:
    """Return text with names made `for_markdown`, and words in bold, as Markdown shows it."""
    return _SHOWN.sub(lambda found: found[1] or "", markdown)
