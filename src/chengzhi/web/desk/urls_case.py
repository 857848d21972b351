"""Addresses of one case, the map and the notices, in the desk's own namespace."""

from chengzhi.web.desk_case.urls import urlpatterns

__all__ = ["urlpatterns"]
