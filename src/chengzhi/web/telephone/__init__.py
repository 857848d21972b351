"""Taking a report while on the telephone: keyboard only, duplicates while typing, drafts kept."""
