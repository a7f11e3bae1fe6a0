"""Frozen tables for a funder: made safe, attacked, approved, numbered, and never changed."""
