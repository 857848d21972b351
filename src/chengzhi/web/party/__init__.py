"""Pages without an account: an object's public card and a party's own page."""
