"""What a role needs, the searches that follow from it, and how they are refined."""
