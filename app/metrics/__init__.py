"""What the app measures, and how CloudWatch is told. Knows no route and no access pattern."""
