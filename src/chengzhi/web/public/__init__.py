"""Residents' pages: no account, no tracking, no cookie before one is needed."""
