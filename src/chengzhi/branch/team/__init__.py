"""Responsibility by name, certificates, duty areas, talks, care."""
