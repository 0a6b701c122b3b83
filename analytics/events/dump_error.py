"""The error of files that cannot be used."""


class DumpError(Exception):
    """A file that cannot be used at all; the message says why and what to do."""
