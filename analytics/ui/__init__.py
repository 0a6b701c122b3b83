"""What the pages share: main script, filters, cached data, charts and tables."""
