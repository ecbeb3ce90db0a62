"""Fetch politely and keep what was fetched."""
