"""Addresses below /manage/."""

from django.urls import path

from chengzhi.web.manage import (
    calendars,
    health,
    home,
    limits,
    limits_file,
    messages,
    packs,
    people,
    posts,
    record,
    roles,
    stages,
    units,
)

app_name = "manage"
urlpatterns = [
    path("", home.page, name="home"),
    path("people/", people.listing, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:number>/", people.one, name="person"),
    path("people/<int:number>/link/", people.make_link, name="person_link"),
    path("people/<int:number>/second-factor/", people.remove_second_factor, name="person_second_factor"),
    path("people/<int:number>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:number>/reactivate/", people.reactivate, name="reactivate"),
    path("people/<int:number>/posts/", posts.add, name="add_post"),
    path("posts/<int:number>/end/", posts.end, name="end_post"),
    path("roles/", roles.page, name="roles"),
    path("roles/second-factor/", roles.second_factor, name="second_factor"),
    path("units/", units.listing, name="units"),
    path("units/new/", units.edit, name="new_unit"),
    path("units/<int:number>/", units.edit, name="unit"),
    path("limits/", limits.listing, name="limits"),
    path("limits/stages/", stages.page, name="stages"),
    path("limits/escalation/", stages.escalation, name="escalation"),
    path("limits/file/", limits_file.upload, name="limits_file"),
    path("limits/file/download/", limits_file.download, name="limits_download"),
    path("limits/new/", limits.edit, name="new_limit"),
    path("limits/<int:number>/", limits.edit, name="limit"),
    path("calendars/", calendars.page, name="calendars"),
    path("messages/", messages.listing, name="messages"),
    path("messages/<str:key>/<str:language>/", messages.edit, name="message"),
    path("packs/", packs.listing, name="packs"),
    path("packs/<slug:slug>/check/", packs.check, name="pack_check"),
    path("ledger/", record.page, name="ledger"),
    path("jobs/", health.jobs, name="jobs"),
    path("health/", health.page, name="health"),
]
