"""What sqlkit costs, as ratios to named baselines: ``python -m benchmarks``."""
