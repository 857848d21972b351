"""Addresses of the case page, the map and the notices; `web.desk.urls_case` puts them into the desk."""

from django.urls import path

from chengzhi.web.desk_case import layers, maps, notices, page, photos, reporter, split, steps

urlpatterns = [
    path("map/", maps.page, name="map"),
    path("map/clusters/", maps.clusters, name="map_clusters"),
    path("map/rows/", maps.rows, name="map_rows"),
    path("map/layer/<slug:name>/", layers.layer, name="map_layer"),
    path("notices/", notices.listing, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("notices/digest/", notices.digest, name="notices_digest"),
    path("notices/failed/", notices.failed, name="notices_failed"),
    path("notices/failed/<int:message>/", notices.resend, name="notices_resend"),
    path("cases/<str:number>/", page.page, name="case"),
    path("cases/<str:number>/live/", page.live, name="case_live"),
    path("cases/<str:number>/step/split/", split.page, name="case_split"),
    path("cases/<str:number>/step/<slug:name>/", steps.step, name="case_step"),
    path("cases/<str:number>/step/<slug:name>/will/", steps.will, name="case_will"),
    path("cases/<str:number>/undo/<int:event>/", steps.undo, name="case_undo"),
    path("cases/<str:number>/photos/", photos.add, name="case_photos"),
    path("cases/<str:number>/reporter/<int:report>/", reporter.page, name="case_reporter"),
]
