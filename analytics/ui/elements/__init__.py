"""What pages are made of: cards, charts, tables, downloads, explanations, notices, and links to cases."""
