"""The benchmarks, one piece of work a file; `benchmarks.suite` lists them."""
