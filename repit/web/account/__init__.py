"""Coming in, choosing a role, going out."""
