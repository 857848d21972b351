"""Pages of the commitments, inside and for the public."""
