"""Addresses without an account: the public card of an object, a party's own page."""

from django.urls import path

from chengzhi.web.party import card, nearby, own

app_name = "party"
urlpatterns = [
    path("o/<str:code>/", card.card, name="card"),
    path("o/<str:code>/photo/<int:number>/", card.photo, name="card_photo"),
    path("nearby/<slug:kind>/", nearby.listing, name="nearby"),
    path("d/<slug:slug>/nearby/<slug:kind>/", nearby.listing, name="d-nearby"),
    path("p/<str:code>/", own.own, name="own"),
    path("p/<str:code>/<slug:what>/", own.say, name="say"),
]
