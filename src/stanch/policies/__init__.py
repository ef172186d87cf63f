"""From facts to an outcome."""

from stanch.policies.judge import judge
from stanch.policies.policy import BankPolicy, Policies

__all__ = ["BankPolicy", "Policies", "judge"]
