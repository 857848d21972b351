"""Photos of cases for staff: looking, masking, releasing with a second look."""
