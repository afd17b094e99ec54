"""Which versions of the engine there are, which one judges, which one looks on, and who decided so."""
