"""The administrator's pages: people, units, rights, limits, calendars, packs, jobs."""
