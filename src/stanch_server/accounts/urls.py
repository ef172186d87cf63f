"""Addresses of this room."""

from django.urls import path

from stanch_server.accounts.rules import by_method
from stanch_server.accounts.views import keys, own, people, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/link/<str:token>/", sign_in.link, name="link"),
    path("sign-in/code/", sign_in.code, name="code"),
    path("sign-in/again/", sign_in.again, name="again"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", own.language, name="language"),
    path("account/", own.account, name="account"),
    path("account/passphrase/", own.passphrase, name="passphrase"),
    path("account/authenticator/", own.authenticator, name="authenticator"),
    path("account/recovery-codes/", own.recovery_codes, name="recovery-codes"),
    path("people/", by_method(GET=people.people, POST=people.add), name="people"),
    path("people/<uuid:person_id>/link/", people.new_link, name="new-link"),
    path("people/<uuid:person_id>/reset/", people.reset, name="reset"),
    path("people/<uuid:person_id>/active/", people.activity, name="activity"),
    path("people/<uuid:person_id>/roles/", people.role, name="role"),
    path("sources/<uuid:source_id>/keys/", by_method(GET=keys.keys, POST=keys.add), name="keys"),
    path("keys/<uuid:key_id>/revoke/", keys.revoke, name="revoke-key"),
]
