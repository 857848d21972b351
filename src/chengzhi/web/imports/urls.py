"""Addresses of the import pages, below /desk/imports/."""

from django.urls import path

from chengzhi.web.imports import mapping, runs, sending, trying

app_name = "imports"
urlpatterns = [
    path("", sending.index, name="index"),
    path("upload/<int:upload_id>/", sending.preview, name="preview"),
    path("upload/<int:upload_id>/mapping/", mapping.page, name="mapping"),
    path("upload/<int:upload_id>/check/", trying.page, name="check"),
    path("upload/<int:upload_id>/start/", trying.begin, name="start"),
    path("run/<int:run_id>/", runs.page, name="run"),
    path("run/<int:run_id>/progress/", runs.progress, name="progress"),
    path("run/<int:run_id>/cancel/", runs.stop, name="cancel"),
    path("run/<int:run_id>/resume/", runs.resume, name="resume"),
    path("run/<int:run_id>/rejects.csv", runs.rejects_file, name="rejects"),
]
