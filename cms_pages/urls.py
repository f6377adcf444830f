"""Addresses of the public site that are no pages, then the pages themselves."""

from django.urls import URLPattern, URLResolver, path, re_path

from cms_pages import consultation_views, data_views, figure_views, local_views, views
from cms_pages.feeds import NewsFeed

app_name = "cms_pages"
urlpatterns: list[URLPattern | URLResolver] = [
    path("recherche/", views.search_page, name="search"),
    path("recherche/suggestions/", views.suggestions, name="suggestions"),
    path("recherche/sans-resultat/", views.miss, name="miss"),
    path("annuaire/", local_views.offices, name="offices"),
    path("annuaire/<slug:code>/", local_views.office, name="office"),
    path("hors-ligne/", views.offline, name="offline"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("avis/merci/", views.thanks, name="thanks"),
    path("avis/<int:page_id>/", views.vote, name="vote"),
    path("actualites/flux.xml", NewsFeed(), name="news_feed"),
    path("donnees-ouvertes/procedures.jsonld", views.catalogue_jsonld, name="catalogue_jsonld"),
    path("donnees-ouvertes/procedures.csv", views.catalogue_csv, name="catalogue_csv"),
    path("contribuer/<int:page_id>/", consultation_views.contribution, name="contribute"),
    path("contribuer/<int:page_id>/merci/", consultation_views.contributed, name="contributed"),
    path(
        "contribuer/<int:page_id>/contributions.csv",
        consultation_views.contributions_csv,
        name="contributions_csv",
    ),
    path("chiffres/", figure_views.overview, name="figures"),
    path("chiffres/<slug:slug>/", figure_views.procedure, name="procedure_figures"),
    path("chiffres/<slug:slug>.csv", figure_views.procedure_csv, name="procedure_figures_csv"),
    path("donnees/", data_views.index, name="data"),
    path("donnees/catalogue.jsonld", data_views.dcat, name="dcat"),
    path("donnees/<slug:code>/", data_views.dataset, name="dataset"),
    path("donnees/<slug:code>.csv", data_views.as_csv, name="data_csv"),
    path("donnees/<slug:code>.json", data_views.as_json, name="data_json"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    # Last: every other address may be a page. Wagtail's own utilities keep theirs.
    re_path(r"^(?!_util/)((?:[\w\-]+/)*)$", views.page, name="page"),
]
