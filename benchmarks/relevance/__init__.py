"""How well search ranks: people whose fit is known, and real résumés that were read."""
