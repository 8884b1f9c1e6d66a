"""Plans verified by code that did not make them: by themselves, in their context, with their bindings."""
