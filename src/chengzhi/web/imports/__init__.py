"""The import wizard: a file is looked at, mapped, tried, loaded in the background and reported on."""
