"""Items in, outcomes out: policies, and the webhooks that carry outcomes to their source."""
