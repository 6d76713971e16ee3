"""What every operating system does in its own way."""
