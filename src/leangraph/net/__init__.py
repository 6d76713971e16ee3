"""One HTTP exchange, for sign-in and Graph alike."""
