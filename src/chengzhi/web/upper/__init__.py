"""Orders of the upper level: list, reply in its form, files in and out, reconciliation."""
