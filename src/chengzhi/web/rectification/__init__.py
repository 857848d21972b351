"""Pages of the rectification ledger."""
