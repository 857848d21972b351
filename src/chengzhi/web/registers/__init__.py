"""The registers (台账) at the desk: lists, objects, permits, calendars, labels, parties, import."""
