"""Addresses of the room's desk screens."""

from django.urls import include, path

from gongkai.organisations.staff import account_views, audit_views, organisation_views, person_views

_organisations = [
    path("organisations/", organisation_views.organisation_list, name="list"),
    path("organisations/new/", organisation_views.organisation_new, name="new"),
    path("organisations/roles/", organisation_views.role_matrix, name="roles"),
    path("organisations/at/<slug:code>/", organisation_views.organisation_page, name="organisation"),
    path("people/", person_views.person_list, name="people"),
    path("people/new/", person_views.person_new, name="person_new"),
    path("people/<int:pk>/", person_views.person_page, name="person"),
    path("audit/verify/", audit_views.verification, name="verification"),
]
_account = [
    path("account-security/", account_views.overview, name="overview"),
    path("account-security/password/", account_views.password, name="password"),
    path("account-security/authenticator/", account_views.enrol, name="authenticator"),
    path("account-security/verify/", account_views.verify, name="verify"),
    path("account-security/remove/", account_views.remove, name="remove"),
]
urlpatterns = [
    path("", include((_organisations, "organisations"))),
    path("", include((_account, "account_security"))),
]
