"""What a test may say to the sandbox."""
