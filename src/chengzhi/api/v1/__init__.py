"""Version 1 of the JSON API: staff keys, plain types, Problems as JSON."""
