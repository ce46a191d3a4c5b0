"""The host: configuration, authentication, TLS, logs and metrics around the SCIM application."""
