"""The only place that writes decisions and reports: row, audit record and messages in one transaction."""

from stanch_server.review.operations.deciding import decide
from stanch_server.review.operations.exits import hand_over, report_threat, seal
from stanch_server.review.operations.removing import remove_entry
from stanch_server.review.operations.undoing import undo

__all__ = ["decide", "hand_over", "remove_entry", "report_threat", "seal", "undo"]
