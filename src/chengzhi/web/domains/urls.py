"""Addresses below /desk/: domains, alarms, posted numbers."""

from django.urls import path

from chengzhi.web.domains import alarms, home, numbers

app_name = "domains"
urlpatterns = [
    path("domains/", home.index, name="index"),
    path("domains/<slug:key>/", home.page, name="domain"),
    path("domains/<slug:key>/demand/", home.demand, name="demand"),
    path("alarms/", alarms.index, name="alarms"),
    path("alarms/new/<slug:key>/", alarms.new, name="new_alarm"),
    path("alarms/<int:number>/", alarms.page, name="alarm"),
    path("numbers/", numbers.index, name="numbers"),
    path("numbers/<int:number>/", numbers.page, name="number"),
    path("cases/<str:number>/posted-number/", numbers.note, name="note_number"),
]
