"""What processes of the release before say, for tests of rolling restarts."""
