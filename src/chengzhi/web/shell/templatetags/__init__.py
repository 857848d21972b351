"""Template tags of the shell: `{% load chengzhi %}`."""
