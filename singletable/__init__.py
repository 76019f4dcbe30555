"""Single-table DynamoDB design, declared once. Knows DynamoDB; knows no application."""
