"""Complaints and suggestions about the program itself, with public answers."""
