"""The service's commands. `stanch` finds them as entry points; Django is loaded only when one runs."""
