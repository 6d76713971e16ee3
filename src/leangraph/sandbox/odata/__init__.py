"""Graph's dialect of OData: how it is read, what it refuses, how it becomes SQL."""
