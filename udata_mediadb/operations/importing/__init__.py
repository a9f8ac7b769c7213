"""Importing the pictures that a portal already has."""
