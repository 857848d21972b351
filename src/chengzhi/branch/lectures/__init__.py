"""Lectures: plan, live figures, what each group changes, follow-up."""
