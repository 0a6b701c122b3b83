"""Formulas: the signs with which a text begins that a spreadsheet computes, unless an apostrophe stands before it."""

SIGNS = r"=+@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}'-"
"""As in the brackets of a regular expression: full-width =, +, - and @ are among them, and skipped space."""
