"""What of the truth a funder may see, and the proof that nobody can compute back the rest. Pure.

`safe.make_safe` is the door. Decision 0024 says the rules and what an attacker may link.
"""
