"""A folder of YAML files, or scenario.json, to a Scenario and back."""
