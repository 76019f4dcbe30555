"""What every floor uses: settings, the context of a request, problems, logs, metrics."""
