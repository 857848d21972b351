"""Meetings by form and content, their course, gaps and sealed statements."""
