"""Pages of the branch: bodies, members, rules, what is due."""
