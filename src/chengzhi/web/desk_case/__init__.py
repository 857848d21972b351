"""The pages of one case, the map and the notices, below /desk/."""
