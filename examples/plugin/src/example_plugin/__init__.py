"""An example of a plugin for Catenary."""
