"""Law as data: clocks, calendars, periods and dated rules. Imports nothing of the web."""
