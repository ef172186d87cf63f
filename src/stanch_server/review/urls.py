"""Addresses of this room's decisions and exits."""

from django.urls import path

from stanch_server.review.views import decide, decisions, entries, exits, learnt

app_name = "review"
urlpatterns = [
    path("items/<uuid:item_id>/decide/", decide.decide, name="decide"),
    path("items/<uuid:item_id>/exits/abuse/", exits.abuse, name="abuse"),
    path("items/<uuid:item_id>/exits/threat/", exits.threat, name="threat"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/", decisions.decision, name="decision"),
    path("decisions/<uuid:decision_id>/undo/", decide.undo, name="undo"),
    path("threats/<uuid:report_id>/", exits.report_page, name="report"),
    path("threats/<uuid:report_id>/report.json", exits.report_json, name="report-json"),
    path("threats/<uuid:report_id>/report.txt", exits.report_text, name="report-text"),
    path("threats/<uuid:report_id>/handed-over/", exits.hand_over, name="hand-over"),
    path("banks/<uuid:bank_id>/entries/<uuid:entry_id>/remove/", entries.remove_entry, name="remove-entry"),
    path("banks/<uuid:bank_id>/learnt/", learnt.listing, name="learnt"),
    path("banks/<uuid:bank_id>/learnt/undo/", learnt.unlearn, name="unlearn"),
    path("banks/<uuid:bank_id>/entries/<uuid:entry_id>/learnt/", learnt.one, name="learnt-of"),
    path("banks/<uuid:bank_id>/entries/<uuid:entry_id>/learnt/reveal/", learnt.reveal, name="reveal-learnt"),
    path("banks/<uuid:bank_id>/entries/<uuid:entry_id>/learnt/undo/", learnt.unlearn_of, name="unlearn-of"),
]
