"""Addresses of the desk. The pages of one case, the map and the notices have a list of their own."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path

from chengzhi.web.desk import bulk, columns, exports, home, saved, search, worklist

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("cases/", worklist.worklist, name="worklist"),
    path("cases/columns/", columns.choose, name="columns"),
    path("cases/saved/", saved.save, name="save_filter"),
    path("cases/saved/<int:filter_id>/", saved.change, name="change_filter"),
    path("search/", search.search, name="search"),
    path("bulk/", bulk.choose, name="bulk"),
    path("bulk/preview/", bulk.preview, name="bulk_preview"),
    path("bulk/run/", bulk.run, name="bulk_run"),
    path("bulk/<int:action_id>/", bulk.show, name="bulk_action"),
    path("bulk/<int:action_id>/progress/", bulk.progress, name="bulk_progress"),
    path("bulk/<int:action_id>/undo/", bulk.undo, name="bulk_undo"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<int:run_id>/progress/", exports.progress, name="export_progress"),
    path("exports/<int:run_id>/file/", exports.download, name="export_file"),
]

if find_spec("chengzhi.web.desk_case") and find_spec("chengzhi.web.desk_case.urls"):
    urlpatterns += import_module("chengzhi.web.desk.urls_case").urlpatterns
