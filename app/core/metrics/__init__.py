"""What the app measures, and the lines that tell CloudWatch. Knows no route."""
