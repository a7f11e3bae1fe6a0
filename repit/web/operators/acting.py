"""What every act of an operator needs; the other audiences act in the same way."""

from repit.web.acting import Change, complaint, made, make, today

__all__ = ["Change", "complaint", "made", "make", "today"]
