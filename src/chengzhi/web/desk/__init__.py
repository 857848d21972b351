"""The desk: what staff open first, the work list, search, bulk action and exports."""
