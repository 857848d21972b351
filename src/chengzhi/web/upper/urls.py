"""Addresses of the pages about the upper level, below /desk/upper/."""

from django.urls import path

from chengzhi.web.upper import orders, receiving, reconciling

app_name = "desk_upper"
urlpatterns = [
    path("", orders.index, name="index"),
    path("<int:order_id>/", orders.reply, name="order"),
    path("replies/", orders.replies, name="replies"),
    path("import/", receiving.send, name="import"),
    path("import/<int:upload_id>/", receiving.take, name="take"),
    path("reconcile/", reconciling.send, name="reconcile"),
    path("reconcile/<int:upload_id>/", reconciling.page, name="differences"),
]
