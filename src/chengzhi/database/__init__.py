"""The database: an embedded PostgreSQL under our own supervisor, or any server by `DATABASE_URL`.

accounts.py   where the server's data lie and as whom it runs
cluster.py    create, start, adopt, stop one server; who is using it
process.py    is the process in postmaster.pid really our server?
roles.py      owner, app, sealer; their passwords; connection strings
connection.py what Django is told
"""

from chengzhi.database.accounts import MAJOR, Place, choose_place
from chengzhi.database.cluster import Cluster, Lease
from chengzhi.database.connection import connection_url, django_database

__all__ = [
    "MAJOR",
    "Cluster",
    "Lease",
    "Place",
    "choose_place",
    "connection_url",
    "django_database",
]
