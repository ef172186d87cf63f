"""What others can add to Stanch, and the contracts that it has to keep."""
