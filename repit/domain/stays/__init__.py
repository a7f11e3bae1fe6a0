"""Coming in, in one role at a time, and going out."""
