"""Messages that follow from what happened: receipts, and the end of vouchers drawing near."""
