"""The yearly summary a family fund asks for: its fields, filled from a release and by hand."""
