"""The elements of pages: cards, charts, tables, downloads, explanations, notices, and links to cases."""
