"""Pages of the lectures."""
