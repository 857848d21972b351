"""Pages of the burden, the list of functions and what people say of the program."""
