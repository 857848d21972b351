"""公开承诺: promises registered before they start, kept or not by the figures of the street."""
