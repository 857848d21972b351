"""`chengzhi up`: one parent that keeps the database, the web server and the worker alive.

children.py  start a child that cannot outlive its parent, and restart it when it ends
parent.py    the order of starting, watching, stopping
"""
