"""Pages of the appraisal: rounds, evidence sheets, ballots, results."""
