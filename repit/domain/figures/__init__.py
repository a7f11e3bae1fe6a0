"""What is counted, each figure with its one definition, and the sums kept for it."""
