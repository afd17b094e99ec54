"""The embedded token issuer: what a deployment without an identity provider of its own uses."""
