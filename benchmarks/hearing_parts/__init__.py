"""Parts of ``benchmarks/hearing.py``: what is said and how it sounds, what was heard, and the table."""
