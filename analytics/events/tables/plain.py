"""Plain words: names and words of tables as they are compared."""

import re
import unicodedata


def plain(word: str) -> str:
    """Return a word in lower case, without accents, only letters and digits."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKD", word.lower()))


def plain_name(name: str) -> str:
    """Return the name of a column likewise, without its path."""
    return plain(re.sub(r"^(properties|context|data|payload)[._ ]", "", name.strip(), flags=re.IGNORECASE))
