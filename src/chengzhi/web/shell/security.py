"""Response headers that keep a page to its own scripts, styles and servers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


def tile_origin(url: str) -> str:
    """Scheme and host of a tile address, with ``{s}`` as any sub-domain; empty when there is none."""
    parts = urlsplit(url)
    host = parts.netloc.replace("{s}", "*").replace("{0-7}", "*").split("@")[-1]
    return f"{parts.scheme}://{host}" if parts.scheme in {"http", "https"} and host else ""


def content_policy(tile_url: str) -> str:
    """The Content-Security-Policy: own origin only, no inline script or style, optional tiles."""
    tiles = f" {origin}" if (origin := tile_origin(tile_url)) else ""
    rules = {
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: blob:{tiles}",
        "connect-src": f"'self'{tiles}",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{key} {value}" for key, value in rules.items())


class SecurityHeadersMiddleware:
    """Sets the headers on every answer; a view that set one itself keeps it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": content_policy(getattr(settings, "MAP_TILE_URL", "")),
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response
