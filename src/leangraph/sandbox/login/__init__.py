"""The login host: who may sign in, how, and what the tokens are worth."""
