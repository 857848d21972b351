"""Rounds at the desk: plan, approve, draw, follow, results, settings of checks."""
