"""In which words a call and its end are told, the same in logs, metrics and spans. Pure."""
