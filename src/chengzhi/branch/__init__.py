"""The team loop (党建): practices of a branch, tied to the street by data, free of formalism."""
