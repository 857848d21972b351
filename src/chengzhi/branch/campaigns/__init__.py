"""Campaigns with a registered plan, exemplars, changes of method."""
