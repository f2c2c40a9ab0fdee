"""The reference data layer: what a project that uses sqlkit writes, and what sqlkit writes for it."""
