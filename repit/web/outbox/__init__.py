"""Turn the rows of the outbox into letters, in their reader's language, and send them."""
