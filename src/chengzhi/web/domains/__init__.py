"""The home page of each domain, alarms, posted numbers, and where a place to trade is missing."""
