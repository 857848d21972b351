"""Log-in, one's own account, one-time links and the choice of the district."""
