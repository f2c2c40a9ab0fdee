"""Connections kept ready: opened, handed out, taken back, and replaced when they are lost."""
