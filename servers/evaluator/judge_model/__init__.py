"""The judge model: its data, its training, its measuring, its card. Weights are built on a machine, not kept here."""
