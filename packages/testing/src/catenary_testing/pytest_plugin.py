"""pytest plugin of catenary-testing."""
