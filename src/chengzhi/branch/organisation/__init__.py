"""Bodies, members, roles in the body, and the rules of practice as data."""
