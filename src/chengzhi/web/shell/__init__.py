"""The frame around every page: shells, navigation, tags, errors, language and theme."""
