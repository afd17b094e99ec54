"""The registry: which units there are, what they can do, whether they are as they were pinned."""
