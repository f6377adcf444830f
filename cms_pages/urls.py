"""Addresses of the public site that are no pages, then the pages themselves."""

from django.urls import URLPattern, URLResolver, path, re_path

from cms_pages import views

app_name = "cms_pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("recherche/", views.search_page, name="search"),
    path("recherche/suggestions/", views.suggestions, name="suggestions"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    # Last: every other address may be a page. Wagtail's own utilities keep theirs.
    re_path(r"^(?!_util/)((?:[\w\-]+/)*)$", views.page, name="page"),
]
