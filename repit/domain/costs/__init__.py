"""Staff time and costs of a programme, typed in by hand."""
