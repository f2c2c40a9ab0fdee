"""What happens around a call: one policy a file, and the flow they share. Pure."""
