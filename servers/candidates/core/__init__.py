"""What is known of people, and where each piece of it came from. No protocol, no I/O."""
