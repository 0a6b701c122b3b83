"""Where events live: an embedded DuckDB file, or PostgreSQL for a team.

`EventStore` is what the rest of the project uses; `tables.py` says what is kept, `duckdb.py` and `postgres.py`
how each database takes and gives many rows at once.
"""
