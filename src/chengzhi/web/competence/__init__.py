"""Pages about who may do what where, and about what was handed over to other authorities."""
