"""What this room refuses."""

from stanch.errors import StanchError


class ReviewError(StanchError):
    """It cannot be done: {problem}."""

    code = "review"


class UnfoundedDecisionError(ReviewError):
    """{field}: {problem}."""

    code = "unfounded-decision"


class DecisionTakenError(ReviewError):
    """Somebody has decided on item {item} already: {action} (decision {decision}). Undo that first."""

    code = "decision-taken"


class ItemPendingError(ReviewError):
    """Item {item} is still being scanned; decide when its outcome is there."""

    code = "item-pending"


class ItemGoneError(ReviewError):
    """Item {item} was forgotten."""

    code = "item-gone"


class WrongBankError(ReviewError):
    """Nothing of this item can be confirmed in bank {bank!r}: {problem}."""

    code = "wrong-bank"


class ChangedMeanwhileError(ReviewError):
    """What rests on entry {entry} has changed since it was shown: look once more."""

    code = "changed-meanwhile"


class NotRestingError(ReviewError):
    """{decision} does not rest on entry {entry}."""

    code = "not-resting"
