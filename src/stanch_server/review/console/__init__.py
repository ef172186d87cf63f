"""The console's pages that show items, the audit log and the state of the system."""
