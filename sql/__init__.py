"""The reference data layer: what a user of sqlkit writes, and what sqlkit writes for it."""
