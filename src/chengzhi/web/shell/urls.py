"""Addresses of the shell itself: language, theme and the style guide."""

from django.urls import path

from chengzhi.web.shell import styleguide, views

app_name = "shell"
urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("styleguide/", styleguide.page, name="styleguide"),
    path("styleguide/desk/", styleguide.desk, name="styleguide-desk"),
    path("styleguide/map/<str:layer>/", styleguide.layer, name="styleguide-layer"),
    path("styleguide/live/", styleguide.live, name="styleguide-live"),
    path("styleguide/error/<int:status>/", styleguide.error, name="styleguide-error"),
]
