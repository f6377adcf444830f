from django.urls import path

from eservices.feedback import views

app_name = "feedback"
urlpatterns = [
    path("", views.NewView.as_view(), name="new"),
    path("suivre/", views.FollowView.as_view(), name="follow"),
]
