"""Rules of hiring projects, free of protocol and storage."""
