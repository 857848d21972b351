"""Rounds and visits on a phone: one place at a time, one thumb, with or without network."""
