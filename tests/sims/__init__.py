"""Imitation sites: real HTTP on loopback, fictional content, one switch per fault; for the tests and the demo."""
