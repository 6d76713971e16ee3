"""A token for anybody; nothing here knows Graph. Each file imports only files that stand before it in LAYERS."""
