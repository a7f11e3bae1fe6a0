"""Parents put in touch with somebody who can help, and whether it worked."""
