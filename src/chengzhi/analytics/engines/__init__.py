"""Engines that count metrics: plain Python (the meaning), DuckDB (the speed), PostgreSQL (live)."""
