"""民主评议与测评: rounds, secret ballots, fair estimates."""
