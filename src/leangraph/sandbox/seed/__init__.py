"""Who and what is in a tenant at first."""
