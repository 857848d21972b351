"""Template tags of the administrator pages: `{% load manage %}`."""
