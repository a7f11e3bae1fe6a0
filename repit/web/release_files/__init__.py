"""A release as its readers get it: one form in their language, and a writer for each format."""
